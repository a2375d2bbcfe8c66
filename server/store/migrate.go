package store

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock is the advisory lock under which programs that start together on one PostgreSQL
// take turns.
const migrationLock = 0x636c656172

// migrate applies what is missing, in the order of names, each in its own transaction. There is no
// way back but a backup.
func (db *DB) migrate(ctx context.Context) error {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		return fmt.Errorf("listing migrations: %w", err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	for _, name := range names {
		text, err := migrations.ReadFile("migrations/" + name)
		if err != nil {
			return fmt.Errorf("reading migration %s: %w", name, err)
		}
		if err := db.apply(ctx, name, string(text), names); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) apply(ctx context.Context, name, text string, known []string) error {
	return db.w.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		done, err := db.applied(ctx, tx)
		if err != nil {
			return err
		}
		for _, d := range done {
			if !slices.Contains(known, d) {
				return fmt.Errorf("the database was written by a newer version of Clearday (it holds %s): install that version or a later one", d)
			}
		}
		if slices.Contains(done, name) {
			return nil
		}
		if _, err := tx.ExecContext(ctx, db.types().Replace(text)); err != nil {
			return fmt.Errorf("applying migration %s: %w", name, err)
		}
		if _, err := tx.NewRaw("INSERT INTO migrations (name, applied_at) VALUES (?, ?)", name, db.now()).Exec(ctx); err != nil {
			return fmt.Errorf("noting migration %s: %w", name, err)
		}
		return nil
	})
}

// applied lists the migrations that the database holds, after waiting for its turn.
func (db *DB) applied(ctx context.Context, tx bun.Tx) ([]string, error) {
	if db.postgres {
		if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock(?)", migrationLock).Exec(ctx); err != nil {
			return nil, fmt.Errorf("waiting for the lock of migrations: %w", err)
		}
	}
	create := db.types().Replace("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at {time} NOT NULL)")
	if _, err := tx.ExecContext(ctx, create); err != nil {
		return nil, fmt.Errorf("making the list of migrations: %w", err)
	}
	var done []string
	if err := tx.NewRaw("SELECT name FROM migrations ORDER BY name").Scan(ctx, &done); err != nil {
		return nil, fmt.Errorf("listing applied migrations: %w", err)
	}
	return done, nil
}

// types fills the few places where the databases name a type differently. TIMESTAMP makes the
// SQLite driver answer times, not text.
func (db *DB) types() *strings.Replacer {
	if db.postgres {
		return strings.NewReplacer("{time}", "TIMESTAMPTZ", "{bytes}", "BYTEA", "{id}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
	}
	return strings.NewReplacer("{time}", "TIMESTAMP", "{bytes}", "BLOB", "{id}", "INTEGER PRIMARY KEY")
}
