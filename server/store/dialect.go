package store

import (
	"strings"

	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

// PostgreSQL takes no zero byte and nothing but UTF-8 in a text, and bun no zero byte anywhere.
// What comes from addresses, forms and files may hold both. The two dialects write a replacement
// character instead, so that an odd key is not found, and an odd text is kept as far as it can be.

type sqliteText struct{ *sqlitedialect.Dialect }

func (d sqliteText) AppendString(b []byte, s string) []byte {
	return d.Dialect.AppendString(b, keepable(s))
}

type postgresText struct{ *pgdialect.Dialect }

func (d postgresText) AppendString(b []byte, s string) []byte {
	return d.Dialect.AppendString(b, keepable(s))
}

func keepable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
