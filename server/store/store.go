// Package store is the record: the only place with SQL. One DB implements papers.Store,
// livestream.Store, auth.Store and jobs.Store, with the same code on SQLite and on PostgreSQL.
//
// Every exported method is one transaction. What changes something goes through change or write
// (change.go), which commit the change with its audit row and its numbered acts, or nothing. What
// is read for somebody goes through the conditions of visible.go. Locks are taken in the order
// publication, meeting, room, acts; the counter of acts comes last before the commit, so that the
// order of numbers is the order of commits.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"clearday/papers"
)

// readers is how many connections read a SQLite file beside its one writer.
const readers = 4

// pgConnections bounds the connections of one program to PostgreSQL.
const pgConnections = 16

// Options say where the record is and how it is sealed.
type Options struct {
	URL     string           // postgres://...; empty is SQLite at Path
	Path    string           // of the SQLite file, made when it is not there
	SiteKey [32]byte         // seals personal columns; losing it loses them
	Now     func() time.Time // the clock; time.Now when nil
}

// DB is the open record. It is safe for concurrent use.
type DB struct {
	w, r     *bun.DB // the same on PostgreSQL
	postgres bool
	clock    func() time.Time
	seal     sealer

	mu   sync.Mutex
	woke chan struct{} // closed and replaced after each commit with acts; guarded by mu
}

// Open opens the record and brings its tables up to date. A database of a newer program is
// refused with a sentence that says so.
func Open(ctx context.Context, o Options) (*DB, error) {
	db := &DB{clock: o.Now, woke: make(chan struct{}), postgres: o.URL != ""}
	if db.clock == nil {
		db.clock = time.Now
	}
	var err error
	if db.seal, err = newSealer(o.SiteKey); err != nil {
		return nil, fmt.Errorf("preparing the site key: %w", err)
	}
	if db.postgres {
		err = db.openPostgres(o.URL)
	} else {
		err = db.openSQLite(o.Path)
	}
	if err != nil {
		return nil, err
	}
	err = db.migrate(ctx)
	if err == nil {
		err = db.knowsKey(ctx)
	}
	if err == nil {
		err = db.logBefore(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// knowsKey tries the site key on what was sealed last, so that a wrong one stops the start and not a
// resident in the middle of a question.
func (db *DB) knowsKey(ctx context.Context) error {
	_, err := db.auditRows(ctx, 1, "1 = 1")
	if err != nil {
		return fmt.Errorf("trying the site key: %w", err)
	}
	return nil
}

// Close ends all connections. No method may be called afterwards.
func (db *DB) Close() error {
	err := db.w.Close()
	if db.r != db.w {
		err = errors.Join(err, db.r.Close())
	}
	return err
}

func (db *DB) openPostgres(address string) error {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return fmt.Errorf("reading the address of PostgreSQL: %w", err)
	}
	// bun writes values into the text of a query: preparing each text would only fill a cache.
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	inUTC := stdlib.OptionAfterConnect(func(_ context.Context, c *pgx.Conn) error {
		c.TypeMap().RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID,
			Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
		return nil
	})
	pool := stdlib.OpenDB(*config, inUTC)
	pool.SetMaxOpenConns(pgConnections)
	pool.SetMaxIdleConns(pgConnections)
	db.w = bun.NewDB(pool, postgresText{pgdialect.New()})
	db.r = db.w
	return nil
}

func (db *DB) openSQLite(path string) error {
	full, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("finding the record: %w", err)
	}
	// SQLite gives its side files the mode of the main one: nobody else may read any of them.
	f, err := os.OpenFile(full, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("opening the record: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("opening the record: %w", err)
	}
	writer, err := sql.Open("sqlite", sqliteDSN(full, "_txlock", "immediate"))
	if err != nil {
		return fmt.Errorf("opening the record: %w", err)
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", sqliteDSN(full, "_query_only", "1"))
	if err != nil {
		return errors.Join(fmt.Errorf("opening the record: %w", err), writer.Close())
	}
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	db.w = bun.NewDB(writer, sqliteText{sqlitedialect.New()})
	db.r = bun.NewDB(reader, sqliteText{sqlitedialect.New()})
	return nil
}

// sqliteDSN carries every setting in the address, because a PRAGMA reaches one connection only.
func sqliteDSN(path, name, value string) string {
	q := url.Values{
		"_pragma":   {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)"},
		"_timezone": {"UTC"},
		name:        {value},
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

// now is the clock in what both databases keep: UTC, whole microseconds.
func (db *DB) now() time.Time { return db.clock().UTC().Truncate(time.Microsecond) }

// read runs do on one snapshot of the record.
func (db *DB) read(ctx context.Context, do func(tx bun.IDB) error) error {
	return db.r.RunInTx(ctx, &sql.TxOptions{Isolation: db.snapshot(), ReadOnly: true},
		func(_ context.Context, tx bun.Tx) error { return do(tx) })
}

// snapshot is the isolation in which all reads of a transaction see the same record. In SQLite's
// write-ahead log every transaction is one already.
func (db *DB) snapshot() sql.IsolationLevel {
	if db.postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

// found turns "no row" into papers.ErrNotFound and says what was being read otherwise.
func found(err error, what string) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return papers.ErrNotFound
	}
	return fmt.Errorf("reading %s: %w", what, err)
}

// only answers the one row that a query by key found, or papers.ErrNotFound.
func only[T any](list []T, err error) (T, error) {
	var none T
	if err == nil && len(list) == 0 {
		err = papers.ErrNotFound
	}
	if err != nil {
		return none, err
	}
	return list[0], nil
}
