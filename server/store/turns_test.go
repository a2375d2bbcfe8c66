package store_test

import (
	"strings"
	"testing"
	"time"

	"clearday/livestream"
	"clearday/papers"
)

// TestRoomSessions: each change of state is logged with its times and resolution (M-10), and no event
// tells where the stream is while the meeting is in private.
func TestRoomSessions(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m, i := r.room("pb")
		turn := func(t livestream.Turn) livestream.Room {
			room, err := r.SetRoom(r.ctx, m.Slug, t, by(papers.Act{Kind: papers.ActRoomChanged, Subject: "meetings/" + m.Slug}))
			r.must(err)
			return room
		}
		stream := livestream.Stream{Kind: livestream.StreamHLS, URL: "https://video.example.org/CANARYSTREAM.m3u8"}
		turn(livestream.Turn{State: livestream.RoomOpen, Stream: &stream})
		_, err := r.Caption(r.ctx, m.Slug, livestream.Caption{Text: "Good morning", Source: livestream.CaptionHuman})
		r.must(err)
		before := r.wantDense(m.Slug)
		until := m.StartsAt.Add(time.Hour)
		private := turn(livestream.Turn{State: livestream.RoomPrivate, Reason: "It holds terms of a contract.", Until: &until,
			Exclusion: &livestream.Exclusion{Item: i.ID, Resolution: "That the public be excluded", MovedBy: "Cllr A"}})
		if private.Stream != stream || private.Why == "" || private.ResumesAt == nil {
			t.Errorf("the desk is told %+v", private)
		}
		_, err = r.Caption(r.ctx, m.Slug, livestream.Caption{Text: "CANARYWORDS", Source: livestream.CaptionHuman})
		r.wantCode(err, papers.CodeConflict)
		for _, e := range r.wantDense(m.Slug)[len(before):] {
			if strings.Contains(string(e.Data), "CANARY") {
				t.Errorf("%s tells %s", e.Kind, e.Data)
			}
		}
		snap, err := r.Snapshot(r.ctx, m.Slug)
		r.must(err)
		if len(snap.Captions) != 0 {
			t.Errorf("in private session the snapshot holds %d captions", len(snap.Captions))
		}
		turn(livestream.Turn{State: livestream.RoomOpen})
		turn(livestream.Turn{State: livestream.RoomPaused, Adjourn: true, Reason: "The fire alarm", Until: &until})
		adjourned, err := r.Meeting(r.ctx, papers.Public, m.Slug)
		r.must(err)
		if adjourned.State != papers.MeetingAdjourned || adjourned.ResumesAt == nil {
			t.Errorf("the meeting is %s until %v", adjourned.State, adjourned.ResumesAt)
		}
		turn(livestream.Turn{State: livestream.RoomClosed})
		list, err := r.Sessions(r.ctx, m.Slug)
		r.must(err)
		var kinds []string
		for _, s := range list {
			kinds = append(kinds, string(s.Kind))
			if s.EndedAt == nil {
				t.Errorf("session %d has no end", s.N)
			}
		}
		if got := strings.Join(kinds, " "); got != "public private public adjourned" || list[1].Resolution == "" || list[1].Item != i.ID {
			t.Errorf("the log is %s: %+v", got, list)
		}
	})
}

// TestCaptions: what was said is kept once however often it is sent, read in pages, and refused while the
// room is not open; also what was said before it opened and comes late.
func TestCaptions(t *testing.T) {
	both(t, func(t *testing.T, r *record) {
		m := r.chatRoom("pb")
		say := func(text, key string, at *time.Time) (livestream.Caption, error) {
			return r.Caption(r.ctx, m.Slug, livestream.Caption{Text: text, Source: livestream.CaptionMachine, Key: key, SpokenAt: at})
		}
		first, err := say("one", "k1", nil)
		r.must(err)
		again, err := say("one, once more", "k1", nil)
		r.must(err)
		if first.Key = ""; again != first || first.Seq == 0 {
			t.Errorf("sent again it is %+v, want %+v", again, first)
		}
		r.pass(time.Minute)
		for _, text := range []string{"two", "two", "three"} { // without a key each is one of its own
			_, err := say(text, "", nil)
			r.must(err)
		}
		spoken := r.clock().Add(-5 * time.Second)
		late, err := say("four", "k4", &spoken)
		r.must(err)
		if !late.At.Equal(spoken) {
			t.Errorf("said at %s it stands at %s", spoken, late.At)
		}
		ahead, far := r.clock().Add(time.Second), r.clock().Add(time.Hour)
		now, err := say("five", "k5", &ahead)
		r.must(err)
		if now.At.After(ahead.Add(-time.Second)) {
			t.Errorf("what is said in the future stands at %s", now.At)
		}
		_, err = say("never", "", &far)
		r.wantCode(err, papers.CodeInvalid)

		r.setRoom(m.Slug, livestream.RoomPrivate)
		_, err = say("CANARY", "k6", nil)
		r.wantCode(err, papers.CodeConflict)
		again, err = say("one", "k1", nil) // its answer was lost
		r.must(err)
		if again.Seq != first.Seq {
			t.Errorf("in private session a retry is told %+v, want its first answer", again)
		}
		hidden := r.clock()
		r.pass(time.Minute)
		r.setRoom(m.Slug, livestream.RoomOpen)
		_, err = say("CANARY", "k6", &hidden)
		r.wantCode(err, papers.CodeConflict)
		r.setRoom(m.Slug, livestream.RoomPaused)
		_, err = say("CANARY", "k6", nil)
		r.wantCode(err, papers.CodeConflict)
		_, err = r.Caption(r.ctx, "pb-2020-01-01", livestream.Caption{Text: "nowhere", Source: livestream.CaptionHuman})
		r.wantCode(err, papers.CodeNotFound)

		var got []string
		for cursor := ""; ; {
			list, next, err := r.Transcript(r.ctx, m.Slug, cursor, 4)
			r.must(err)
			for _, c := range list {
				got = append(got, c.Text)
			}
			if cursor = next; next == "" {
				break
			}
		}
		if strings.Join(got, " ") != "one two two three four five" {
			t.Errorf("the pages hold %q", got)
		}
		_, _, err = r.Transcript(r.ctx, m.Slug, "x", 4)
		r.wantCode(err, papers.CodeInvalid)
		snap, err := r.Snapshot(r.ctx, m.Slug)
		r.must(err)
		if len(snap.Captions) != 5 || snap.Captions[4].Text != "five" || snap.Captions[0].Text != "two" {
			t.Errorf("the snapshot holds %+v, want the last five, oldest first", snap.Captions)
		}
		for _, e := range r.wantDense(m.Slug) {
			if strings.Contains(string(e.Data), "CANARY") {
				t.Errorf("%s tells %s", e.Kind, e.Data)
			}
		}
	})
}
