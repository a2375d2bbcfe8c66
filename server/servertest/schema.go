package servertest

import (
	"database/sql"
	"net/url"
	"os"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"clearday/papers"
)

// Schema makes a schema of the test's own in the PostgreSQL of CLEARDAY_TEST_DATABASE_URL and answers
// the address that leads to it. Without a PostgreSQL the test is skipped, and fails in CI.
func Schema(t testing.TB) string {
	t.Helper()
	address := os.Getenv("CLEARDAY_TEST_DATABASE_URL")
	if address == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("CLEARDAY_TEST_DATABASE_URL is not set: in CI PostgreSQL is tested too")
		}
		t.Skip("CLEARDAY_TEST_DATABASE_URL is not set: not tested on PostgreSQL")
	}
	admin, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + papers.NewID()
	if _, err := admin.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatalf("making a schema: %v", err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP SCHEMA " + name + " CASCADE"); err != nil {
			t.Errorf("dropping a schema: %v", err)
		}
		_ = admin.Close()
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}
