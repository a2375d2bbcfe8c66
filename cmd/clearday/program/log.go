package program

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"clearday/papers/publog"
	"clearday/server/config"
)

// openLog makes what signs the publication log. Its name is fixed by its first checkpoint: a site that
// moves to another address keeps the log that it has.
func (p *Program) openLog(ctx context.Context, cfg config.Config, base string) (*publog.Signer, error) {
	signed, err := p.Record.Signed(ctx)
	if err != nil {
		return nil, err
	}
	name, _, _ := strings.Cut(string(signed), "\n")
	if name == "" {
		u, err := url.Parse(base)
		if err != nil {
			return nil, fmt.Errorf("naming the publication log: %w", err)
		}
		name = path.Join(u.Host, u.Path, "log")
	}
	key, err := publog.NewKey(name, cfg.LogKey)
	if err != nil {
		return nil, err
	}
	return &publog.Signer{Log: p.Record, Anchor: publog.File(filepath.Join(cfg.Data, "keys", "checkpoint")), Key: key}, nil
}
