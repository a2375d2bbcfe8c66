package server_test

import (
	"context"
	"strings"
	"testing"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
	"clearday/server/servertest"
)

// TestHeld: after the room is closed the secretary says that the meeting was held, and nothing says
// any more that it is live.
func TestHeld(t *testing.T) {
	s := servertest.Start(t)
	ctx := context.Background()
	m := s.Meeting(t, s.Board(t, "Partnership Board"), 1)
	s.Item(t, m.Slug, "Welcome")
	if _, err := s.Publisher.PublishMeeting(ctx, m.Slug, papers.Wish{}, papers.Program); err != nil {
		t.Fatal(err)
	}
	desk := s.SignedIn(t, auth.Secretary)
	if a := desk.Post(t, "/desk/meetings/"+m.Slug+"/held"); a.StatusCode != 409 {
		t.Errorf("a meeting that has not begun can be held: %d", a.StatusCode)
	}
	for _, state := range []livestream.RoomState{livestream.RoomOpen, livestream.RoomClosed} {
		if a := desk.Post(t, "/desk/meetings/"+m.Slug+"/room", "room", string(state)); a.StatusCode != 303 {
			t.Fatalf("setting the room to %s answers %d", state, a.StatusCode)
		}
	}
	if a := desk.Get(t, "/desk/meetings/"+m.Slug+"/live"); !strings.Contains(a.Text, "The meeting was held") {
		t.Error("the live desk of a closed room does not offer to say that the meeting was held")
	}
	if a := desk.Post(t, "/desk/meetings/"+m.Slug+"/held"); a.StatusCode != 303 {
		t.Fatalf("saying that it was held answers %d", a.StatusCode)
	}
	servertest.Eventually(t, "no page says that it is live", func() bool {
		return !strings.Contains(s.Browser(t).Get(t, "/meetings").Text, "Live now")
	})
}
