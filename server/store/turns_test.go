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
