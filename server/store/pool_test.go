package store

import (
	"database/sql"
	"path/filepath"
	"testing"
)

// TestPragmas holds all connections of both pools at once and asks each for its settings.
func TestPragmas(t *testing.T) {
	db, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "record.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, pool := range map[string]struct {
		db   *sql.DB
		size int
		want map[string]string
	}{
		"writer":  {db.w.DB, 1, map[string]string{"foreign_keys": "1", "journal_mode": "wal", "synchronous": "2", "busy_timeout": "5000", "query_only": "0"}},
		"readers": {db.r.DB, readers, map[string]string{"foreign_keys": "1", "journal_mode": "wal", "synchronous": "2", "busy_timeout": "5000", "query_only": "1"}},
	} {
		for range pool.size {
			c, err := pool.db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for pragma, want := range pool.want {
				var got string
				if err := c.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
					t.Errorf("%s: %s is %s (%v), want %s", name, pragma, got, err, want)
				}
			}
		}
	}
}
