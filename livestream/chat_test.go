package livestream

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/papers"
)

// openChat starts a room whose chat is kept in the way.
func openChat(t *testing.T, mode papers.ChatMode) *room {
	t.Helper()
	return openRoom(t, func(h *Hub) { h.Meetings = fakeMeetings{chat: mode} })
}

func (r *room) decideMessage(id string, to ChatState, reason string) {
	r.t.Helper()
	if _, err := r.hub.DecideMessage(context.Background(), MessageDecision{ID: id, To: to, Reason: reason}, papers.Actor{Role: "moderator"}); err != nil {
		r.t.Fatalf("deciding about %s: %v", id, err)
	}
}

func chat(t *testing.T, e Event) PublicMessage {
	t.Helper()
	m, ok := e.message()
	if !ok {
		t.Fatalf("event %d is %s %s", e.Seq, e.Kind, e.Data)
	}
	return m
}

func TestChatCheckedAfter(t *testing.T) {
	r := openChat(t, papers.ChatCheckedAfter)
	sender, other := r.dial("device=a"), r.dial("device=b")
	if h := sender.next("hello"); h.State.Room.Chat != papers.ChatCheckedAfter {
		t.Errorf("hello = %s", h.raw)
	}
	other.next("you")
	sender.send(`{"t":"chat","key":"k1","name":"Carer","text":"Is the recording kept? "}`)
	ack := sender.next("ack")
	if ack.Key != "k1" || ack.Stands != ChatPosted || ack.raw == "" {
		t.Fatalf("ack = %s", ack.raw)
	}
	e := other.events(1)[0]
	if m := chat(t, e); e.Kind != EventChatPosted || m.ID != "m1" || m.Seq != 1 || m.Text != "Is the recording kept?" || m.Name != "Carer" || other.saw(`"device":"a"`) {
		t.Errorf("event = %s %s", e.Kind, e.Data)
	}
	sender.send(`{"t":"chat","key":"k1","text":"Is the recording kept?"}`)
	if again := sender.next("ack"); again.raw != ack.raw {
		t.Errorf("the same key again got %s after %s", again.raw, ack.raw)
	}
	if late := r.dial("device=c").next("hello"); len(late.State.Chat) != 1 || late.State.Chat[0].Text != "Is the recording kept?" {
		t.Errorf("a newcomer's hello = %s", late.raw)
	}
	r.decideMessage("m1", ChatRemoved, "off-topic")
	e = other.events(1)[0]
	if m := chat(t, e); e.Kind != EventChatRemoved || m.State != ChatRemoved || m.Reason != "off-topic" || m.Text != "" || m.Name != "" || m.EndedAt == nil {
		t.Errorf("event = %s %s", e.Kind, e.Data)
	}
	for _, query := range []string{"device=d", "device=d&since=0", "device=d&since=1"} {
		late := r.dial(query)
		late.next("presence")
		if late.saw("recording") || late.saw("Carer") {
			t.Errorf("removed words reach who comes with %s", query)
		}
	}
	frames, err := r.hub.Poll(context.Background(), slug, 0, Viewer{Meeting: slug})
	if b, _ := json.Marshal(frames); err != nil || strings.Contains(string(b), "recording") || !strings.Contains(string(b), "off-topic") {
		t.Errorf("a poll answers %s, %v", b, err)
	}
}

func TestChatCheckedFirst(t *testing.T) {
	r := openChat(t, papers.ChatCheckedFirst)
	sender, other, moderator := r.dial("device=a"), r.dial("device=b"), r.dial("device=m&moderator")
	other.next("presence")
	if q := moderator.next("queue"); len(q.Chat) != 0 {
		t.Errorf("queue = %s", q.raw)
	}
	for i, text := range []string{"CANARYONE", "CANARYTWO"} {
		sender.send(fmt.Sprintf(`{"t":"chat","key":"k%d","name":"CANARYNAME","text":"%s"}`, i, text))
		if ack := sender.next("ack"); ack.Stands != ChatWaiting {
			t.Errorf("ack = %s", ack.raw)
		}
	}
	q := moderator.next("queue")
	for len(q.Chat) < 2 {
		q = moderator.next("queue")
	}
	if q.Chat[0].Text != "CANARYONE" || q.Chat[0].Name != "CANARYNAME" {
		t.Errorf("queue = %s", q.raw)
	}
	if you := r.dial("device=a").next("you"); !strings.Contains(you.raw, `"message":"m1","key":"k0","state":"waiting","name":"CANARYNAME","text":"CANARYONE"`) {
		t.Errorf("the sender is told %s", you.raw)
	}
	if other.saw("CANARY") || r.store.seq() != 0 {
		t.Error("words reached the public before they were checked")
	}
	r.decideMessage("m2", ChatRefused, "names-individual")
	if e := other.events(1)[0]; chat(t, e).State != ChatRefused || chat(t, e).Reason != "names-individual" || other.saw("CANARY") {
		t.Errorf("event = %s %s", e.Kind, e.Data)
	}
	r.decideMessage("m1", ChatPosted, "")
	if e := other.events(1)[0]; e.Kind != EventChatPosted || chat(t, e).Text != "CANARYONE" || other.saw("CANARYTWO") {
		t.Errorf("event = %s %s", e.Kind, e.Data)
	}
	act := r.store.changes[1].Acts[0]
	if facts, _ := json.Marshal(act.Facts); act.Kind != papers.ActChatPosted || act.Texts["m1"] != "CANARYONE" || strings.Contains(string(facts), "CANARY") {
		t.Errorf("act = %+v", act)
	}
	if act := r.store.changes[0].Acts[0]; act.Kind != papers.ActChatRemoved || act.Facts["reason"] != "names-individual" || len(act.Texts) != 0 {
		t.Errorf("act of a refusal = %+v", act)
	}
}

func TestMessageDecision(t *testing.T) {
	open := Room{State: RoomOpen}
	for _, c := range []struct {
		from ChatState
		room Room
		d    MessageDecision
		code papers.Code
	}{
		{ChatWaiting, open, MessageDecision{To: ChatPosted}, ""},
		{ChatWaiting, open, MessageDecision{To: ChatRefused, Reason: "repeat"}, ""},
		{ChatPosted, open, MessageDecision{To: ChatRemoved, Reason: "repeat"}, ""},
		{ChatPosted, Room{State: RoomPrivate}, MessageDecision{To: ChatRemoved, Reason: "repeat"}, ""},
		{ChatWaiting, Room{State: RoomPrivate}, MessageDecision{To: ChatPosted}, papers.CodeConflict},
		{ChatPosted, open, MessageDecision{To: ChatRemoved}, papers.CodeInvalid},
		{ChatPosted, open, MessageDecision{To: ChatRemoved, Reason: "vexatious"}, papers.CodeInvalid},
		{ChatPosted, open, MessageDecision{To: ChatRefused, Reason: "repeat"}, papers.CodeConflict},
		{ChatRemoved, open, MessageDecision{To: ChatPosted}, papers.CodeConflict},
		{ChatRefused, open, MessageDecision{To: ChatPosted}, papers.CodeConflict},
		{ChatWaiting, open, MessageDecision{To: "gone"}, papers.CodeInvalid},
	} {
		if got := papers.CodeOf(c.d.Check(ChatMessage{State: c.from, Text: "words"}, c.room)); got != c.code {
			t.Errorf("%s to %+v in a room that is %s: %q, want %q", c.from, c.d, c.room.State, got, c.code)
		}
	}
}

// Sending stops when the room does, with a sentence; what was acknowledged before stays so.
func TestChatShut(t *testing.T) {
	r := openChat(t, papers.ChatCheckedAfter)
	c := r.dial("device=a")
	c.send(`{"t":"chat","key":"k0","text":"Before"}`)
	first := c.next("ack")
	for i, state := range []RoomState{RoomPaused, RoomPrivate, RoomClosed} {
		if _, err := r.hub.SetRoom(context.Background(), slug, Turn{State: state}, papers.Actor{}); err != nil {
			t.Fatal(err)
		}
		c.send(fmt.Sprintf(`{"t":"chat","key":"n%d","text":"Not now"}`, i))
		if got := c.next("refused"); got.Code != CodeClosed || len(got.Message) < 20 {
			t.Errorf("in a %s room: %s", state, got.raw)
		}
		c.send(`{"t":"chat","key":"k0","text":"Before"}`)
		if again := c.next("ack"); again.raw != first.raw {
			t.Errorf("a retry in a %s room got %s", state, again.raw)
		}
	}
	off := openChat(t, papers.ChatOff).dial("device=a")
	off.send(`{"t":"chat","key":"k","text":"Anybody?"}`)
	if got := off.next("refused"); got.Code != CodeClosed || got.Message != "There is no chat at this meeting." {
		t.Errorf("where there is no chat: %s", got.raw)
	}
	for m, want := range map[papers.MeetingState]string{papers.MeetingCancelled: "cancelled", papers.MeetingPostponed: "postponed", papers.MeetingHeld: "ended", papers.MeetingAnnounced: "opens"} {
		if err := TakesMessages(papers.Meeting{State: m}, Room{State: RoomClosed}, papers.ChatCheckedFirst); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a meeting that is %s: %v", m, err)
		}
	}
}

func TestChatHostile(t *testing.T) {
	r := openChat(t, papers.ChatCheckedAfter)
	c := r.dial("device=a")
	for i, bad := range []struct{ text, code string }{{strings.Repeat("x", MaxMessage+1), CodeTooLong}, {strings.Repeat("\u00e4", 4000), CodeTooLong}, {" \t\n\u202e\x00", "invalid"}} {
		b, _ := json.Marshal(map[string]string{"t": "chat", "key": fmt.Sprint("b", i), "text": bad.text})
		c.send(string(b))
		if got := c.next("refused"); got.Code != bad.code || got.Key != fmt.Sprint("b", i) {
			t.Errorf("%.20q: %s", bad.text, got.raw)
		}
	}
	b, _ := json.Marshal(map[string]string{"t": "chat", "key": "k", "name": "<b>\u202eCarer\n", "text": "<script>alert(1)</script>\r\n\x07\u202ehttps://evil.example\x00 " + strings.Repeat("\u00e9", 200)})
	c.send(string(b))
	c.next("ack")
	m := chat(t, c.events(1)[0])
	if want := "<script>alert(1)</script> https://evil.example " + strings.Repeat("\u00e9", 200); m.Text != want || m.Name != "<b>Carer" {
		t.Errorf("kept as %q by %q", m.Text, m.Name)
	}
	nobody := r.dial("")
	nobody.send(`{"t":"chat","key":"k","text":"No cookie"}`)
	if got := nobody.next("refused"); !strings.Contains(got.Message, "cookie") {
		t.Errorf("without a device: %s", got.raw)
	}
}

// A device that floods is slowed with a sentence; its neighbours are not.
func TestChatFlood(t *testing.T) {
	r := openChat(t, papers.ChatCheckedAfter)
	flood, other := r.dial("device=a"), r.dial("device=b")
	slowed := 0
	for i := range 20 {
		flood.send(fmt.Sprintf(`{"t":"chat","key":"k%d","text":"Again"}`, i))
		if got := flood.next("ack", "refused"); got.T == "refused" {
			slowed++
			if got.Code != CodeTooFast || !strings.Contains(got.Message, "Wait 3 seconds") {
				t.Fatalf("slowed with %s", got.raw)
			}
		}
	}
	if slowed == 0 {
		t.Error("a flood of one device was not slowed")
	}
	other.send(`{"t":"chat","key":"k","text":"Me too"}`)
	if got := other.next("ack", "refused"); got.T != "ack" {
		t.Errorf("the neighbour of a flood got %s", got.raw)
	}
}

// A record that fails is said, and the same key is sent again without being there twice.
func TestChatFails(t *testing.T) {
	r := openChat(t, papers.ChatCheckedAfter)
	c := r.dial("device=a")
	for _, fail := range []func(error){func(err error) { r.store.failSay = err }, func(err error) { r.store.failSayAfter = err }} {
		r.store.mu.Lock()
		fail(errDisk)
		r.store.mu.Unlock()
		c.send(`{"t":"chat","key":"k1","text":"Kept?"}`)
		if got := c.next("refused"); got.Code != CodeInternal || strings.Contains(got.raw, "disk") {
			t.Errorf("a failing record is told as %s", got.raw)
		}
		r.store.mu.Lock()
		fail(nil)
		r.store.mu.Unlock()
	}
	c.send(`{"t":"chat","key":"k1","text":"Kept?"}`)
	c.next("ack")
	if n := r.store.seq(); n != 1 {
		t.Errorf("%d events of one message", n)
	}
}

// A burst costs a commit and a frame for all of it, not one for each message and watcher.
func TestChatBurst(t *testing.T) {
	const messages = 100
	r := openChat(t, papers.ChatCheckedAfter)
	hold := make(chan struct{})
	r.store.hold = hold
	watchers := []*client{r.dial("device=w1"), r.dial("device=w2")}
	for _, w := range watchers {
		w.next("presence")
	}
	release := sync.OnceFunc(func() { close(hold) })
	defer release()
	results := make(chan error, messages)
	say := func(device int) {
		_, err := r.hub.Say(context.Background(), Say{Meeting: slug, Device: fmt.Sprint("d", device), Key: "k", Text: "All at once"})
		results <- err
	}
	waiting := func(n int) func() bool {
		return func() bool {
			r.hub.mu.Lock()
			defer r.hub.mu.Unlock()
			list, runs := r.hub.sayGroup.rooms[slug]
			return runs && len(list) == n
		}
	}
	go say(0)
	eventually(t, "the first is on its way", waiting(0))
	for device := 1; device < messages; device++ {
		go say(device)
	}
	eventually(t, "everybody else waits for its commit", waiting(messages-1))
	release()
	for range messages {
		if err := <-results; err != nil {
			t.Fatal(err)
		}
	}
	if r.store.groups > 2 {
		t.Errorf("%d messages took %d commits", messages, r.store.groups)
	}
	for _, w := range watchers {
		frames, seen := 0, 0
		for seen < messages {
			seen += len(w.next("events").Events)
			frames++
		}
		if frames > 5 {
			t.Errorf("%d messages came in %d frames", messages, frames)
		}
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("gave up waiting until %s", what)
		}
	}
}

// A hello holds the latest messages as far as its 64 KiB allow, and leaves room for questions.
func TestChatInHello(t *testing.T) {
	snap := Snapshot{}
	for i := range 50 {
		snap.Chat = append(snap.Chat, PublicMessage{ID: fmt.Sprint(i), State: ChatPosted, Text: strings.Repeat("\u20ac", MaxMessage)})
	}
	for range 100 {
		snap.Questions = append(snap.Questions, Question{State: Published, Text: strings.Repeat("\u20ac", MaxText)})
	}
	f, err := newHello(snap, papers.Meeting{}, nil, papers.QuestionRules{})
	if err != nil || len(f.payload()) > maxHello {
		t.Fatalf("hello has %d bytes, %v", len(f), err)
	}
	h := parse(t, f.payload())
	if len(h.State.Chat) < 15 || len(h.State.Questions) < 20 || h.State.Chat[0].ID != "0" {
		t.Errorf("hello has %d messages and %d questions", len(h.State.Chat), len(h.State.Questions))
	}
}
