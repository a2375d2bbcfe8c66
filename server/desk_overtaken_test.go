package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"clearday/papers"
	"clearday/server/servertest"
)

// The desk says which version of a scheduled publication did not become public, and why.
func TestDeskOvertaken(t *testing.T) {
	d := newDesk(t)
	by := papers.Actor{ID: "u", Name: "Sam", Role: "secretary"}
	_, err := d.Publisher.PublishMeeting(t.Context(), d.meeting.Slug, papers.Wish{}, by)
	if err != nil {
		t.Fatal(err)
	}
	u := d.ready(t, "2 Money.pdf", "Money")
	at := d.Clock.Now().Add(30 * time.Minute)
	if _, err := d.Publisher.PublishPaper(t.Context(), u.ID, papers.Wish{At: &at}, by); err != nil {
		t.Fatal(err)
	}
	read(t, d.Upload(t, "/desk/papers/"+u.ID+"/versions", "2 Money.pdf", servertest.PDF(t, "m", "More money"), "reason", "A sum was wrong"), http.StatusOK)
	d.waitReady(t, u.ID)
	if _, err := d.Publisher.PublishPaper(t.Context(), u.ID, papers.Wish{}, by); err != nil {
		t.Fatal(err)
	}
	d.Clock.Advance(31 * time.Minute)
	servertest.Eventually(t, "the desk names what was overtaken", func() bool {
		return strings.Contains(d.Get(t, d.path).Text, "nothing new became public")
	})
	wants(t, d.Get(t, d.path), http.StatusOK, "Not included: Money: a later version was published before its time.")
}
