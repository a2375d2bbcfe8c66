package pdf

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
)

// Objects answers every object of a file, streams without their data, as the JSON that qpdf documents as
// version 2 (the member "qpdf"). It repairs what it can.
func (t *Tools) Objects(ctx context.Context, path string) ([]byte, error) {
	out, err := t.all(ctx, "qpdf", []string{"--warning-exit-0", "--no-warn", "--json=2", "--json-key=qpdf", "--json-stream-data=none"}, path)
	if err != nil {
		return nil, unreadable("reading the objects of a PDF", err)
	}
	return out, nil
}

// Contents names for each page of a file the streams of its drawing commands, as references such as "4 0 R".
func (t *Tools) Contents(ctx context.Context, path string) ([][]string, error) {
	out, err := t.all(ctx, "qpdf", []string{"--warning-exit-0", "--no-warn", "--json=2", "--json-key=pages"}, path)
	if err != nil {
		return nil, unreadable("listing the pages of a PDF", err)
	}
	var file struct {
		Pages []struct{ Contents []string }
	}
	if err := json.Unmarshal(out, &file); err != nil {
		return nil, unreadable("listing the pages of a PDF", fmt.Errorf("%w: %w", errBadResult, err))
	}
	list := make([][]string, len(file.Pages))
	for i, p := range file.Pages {
		list[i] = p.Contents
	}
	return list, nil
}

// Rewrite writes a file of Straighten anew: only what can be reached from its root, after the update, a file
// of objects in the same JSON, is applied. The same input gives the same bytes.
func (t *Tools) Rewrite(ctx context.Context, path, update string, to io.Writer) error {
	return t.qpdf(ctx, path, to, "--update-from-json="+update, "--deterministic-id", "--object-streams=generate", "--compress-streams=y")
}

// Straighten writes what can be reached from the root of a file, each object by itself and in the clear. An update
// must be made on such a file: qpdf 11 forgets updated objects when it unpacks a stream of objects that holds them.
func (t *Tools) Straighten(ctx context.Context, path string, to io.Writer) error {
	return t.qpdf(ctx, path, to, "--object-streams=disable", "--static-id")
}

// Plain writes the file with every stream uncompressed where that loses nothing, each object apart.
func (t *Tools) Plain(ctx context.Context, path string, to io.Writer) error {
	return t.qpdf(ctx, path, to, "--stream-data=uncompress", "--object-streams=disable", "--normalize-content=n", "--static-id")
}

func (t *Tools) qpdf(ctx context.Context, path string, to io.Writer, args ...string) error {
	args = append([]string{"--warning-exit-0", "--no-warn", "--decrypt"}, args...)
	var writeErr error
	err := t.run(ctx, t.limits.TextTimeout, "qpdf", args, path, func(r io.Reader) error {
		if _, err := io.Copy(failing{to, &writeErr}, r); err != nil {
			return err
		}
		return nil
	})
	if writeErr != nil {
		return fmt.Errorf("writing a PDF: %w", writeErr)
	}
	if err != nil {
		return unreadable("rewriting a PDF", err)
	}
	return nil
}

// failing keeps the error of a writer apart from that of the reader that feeds it.
type failing struct {
	io.Writer
	err *error
}

func (f failing) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	if err != nil {
		*f.err = err
	}
	return n, err
}
