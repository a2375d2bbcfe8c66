package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/server/servertest"
)

const kills = 50

// victim is the built program on a data directory that survives it.
type victim struct {
	t       *testing.T
	bin     string
	dir     string
	token   string
	base    string
	process *exec.Cmd
	client  *http.Client

	mu        sync.Mutex
	papers    map[string]*ack // acknowledged uploads by id
	questions map[string]string
	meeting   string
	items     []string
}

// ack is what the program confirmed about a paper before it was killed.
type ack struct {
	hash  string
	word  string    // of its text
	due   time.Time // acknowledged publication, zero for none
	asked bool      // a publication was asked for and the answer did not come: either is right
}

// TestKill kills the program at random moments of uploading, publishing and asking. After each
// restart everything that it acknowledged is there, nothing is public before its time, and search
// holds nothing that the record does not show.
func TestKill(t *testing.T) {
	v := &victim{t: t, bin: buildBinary(t), dir: t.TempDir(), papers: map[string]*ack{}, questions: map[string]string{}, client: &http.Client{Timeout: 15 * time.Second}}
	v.token = strings.TrimSpace(v.command("token", "add", "kill test", "--role", "secretary"))
	admin := strings.TrimSpace(v.command("token", "add", "kill test admin", "--role", "admin"))
	v.start()
	v.must(v.call(admin, "POST", "/boards", map[string]any{"name": "Partnership Board", "question_rules": map[string]any{"support": true}}, nil))
	v.prepare()
	for n := range kills {
		stop := make(chan struct{})
		var work sync.WaitGroup
		for _, do := range []func(int){v.upload, v.upload, v.publish, v.ask, v.ask} {
			work.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					default:
						do(n*1000 + i)
					}
				}
			})
		}
		time.Sleep(time.Duration(50+rand.IntN(900)) * time.Millisecond) // the moment of the kill is the test's random input
		if err := v.process.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = v.process.Wait()
		close(stop)
		work.Wait()
		v.start()
		v.check(n)
		if t.Failed() {
			t.Fatalf("after kill %d", n+1)
		}
	}
	v.settle()
	t.Logf("%d kills, %d papers and %d questions acknowledged, none lost", kills, len(v.papers), len(v.questions))
}

func buildBinary(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "clearday")
	out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return bin
}

func (v *victim) env() []string {
	return append(os.Environ(), "CLEARDAY_DATA="+v.dir, "CLEARDAY_LISTEN=127.0.0.1:0")
}

func (v *victim) command(args ...string) string {
	v.t.Helper()
	cmd := exec.Command(v.bin, args...)
	cmd.Env = v.env()
	out, err := cmd.Output()
	if err != nil {
		v.t.Fatalf("clearday %v: %v", args, err)
	}
	return string(out)
}

func (v *victim) start() {
	v.t.Helper()
	v.process = exec.Command(v.bin, "serve")
	v.process.Env = v.env()
	var errs bytes.Buffer
	v.process.Stderr = &errs
	out, err := v.process.StdoutPipe()
	if err != nil {
		v.t.Fatal(err)
	}
	if err := v.process.Start(); err != nil {
		v.t.Fatal(err)
	}
	process := v.process
	v.t.Cleanup(func() { _ = process.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = v.process.Wait()
		v.t.Fatalf("the program did not start again: %v\n%s", err, errs.String())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	v.mu.Lock()
	v.base = strings.TrimSpace(line[strings.Index(line, "http"):])
	v.mu.Unlock()
}

func (v *victim) address() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.base
}

// call answers an error when there was no answer, which while killing is the usual end.
func (v *victim) call(token, method, path string, body, into any) (int, error) {
	var r io.Reader
	if body != nil {
		j, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		r = bytes.NewReader(j)
	}
	return v.send(token, method, path, "application/json", r, into)
}

func (v *victim) send(token, method, path, kind string, body io.Reader, into any) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, v.address()+"/api/v1"+path, body)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", kind)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := v.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	if res.StatusCode >= 300 {
		return res.StatusCode, fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, b)
	}
	if into != nil {
		return res.StatusCode, json.Unmarshal(b, into)
	}
	return res.StatusCode, nil
}

func (v *victim) must(_ int, err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

func (v *victim) prepare() {
	v.t.Helper()
	var m struct {
		Slug string `json:"slug"`
	}
	start := time.Now().Add(7 * 24 * time.Hour).Format(time.RFC3339)
	v.must(v.call(v.token, "POST", "/meetings", map[string]any{"board": "partnership-board", "starts_at": start}, &m))
	v.meeting = m.Slug
	for i := range 3 {
		var it struct {
			ID string `json:"id"`
		}
		v.must(v.call(v.token, "POST", "/meetings/"+m.Slug+"/items", map[string]any{"title": fmt.Sprintf("Item %d", i+1)}, &it))
		v.items = append(v.items, it.ID)
	}
	v.must(v.call(v.token, "POST", "/meetings/"+m.Slug+"/publish", map[string]any{}, nil))
}

// upload uploads a paper with a word of its own.
func (v *victim) upload(i int) {
	word := fmt.Sprintf("kestrel%dx%d", i, rand.IntN(1_000_000))
	file := servertest.PDF(v.t, "A paper", "A page before.", "The word of this paper is "+word+".")
	body, kind := servertest.Multipart(v.t, fmt.Sprintf("%d.pdf", i), file)
	var p struct {
		ID string `json:"id"`
	}
	status, err := v.send(v.token, "POST", "/items/"+v.items[i%3]+"/papers", kind, body, &p)
	if err != nil || status != http.StatusCreated {
		return
	}
	sum := sha256.Sum256(file)
	v.mu.Lock()
	v.papers[p.ID] = &ack{hash: hex.EncodeToString(sum[:]), word: word}
	v.mu.Unlock()
}

// publish asks for the publication of an acknowledged paper, now or in a moment.
func (v *victim) publish(i int) {
	id := v.pick()
	if id == "" {
		time.Sleep(5 * time.Millisecond) // nothing is uploaded yet
		return
	}
	due := time.Now().Add(time.Duration(rand.IntN(600)) * time.Millisecond)
	v.note(id, func(a *ack) { a.asked = true })
	var p struct {
		ID string `json:"id"`
	}
	body := map[string]any{}
	if i%3 > 0 {
		body["at"] = due.Format(time.RFC3339Nano)
	} else {
		due = time.Now()
	}
	if _, err := v.call(v.token, "POST", "/papers/"+id+"/publish", body, &p); err == nil {
		v.note(id, func(a *ack) { a.due = due })
	}
}

func (v *victim) pick() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	for id, a := range v.papers {
		if !a.asked {
			return id
		}
	}
	return ""
}

func (v *victim) note(id string, f func(*ack)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	f(v.papers[id])
}

// ask asks a question by the plain form, as a resident without scripts does.
func (v *victim) ask(i int) {
	text := fmt.Sprintf("Question %d of %d?", i, rand.IntN(1_000_000))
	form := strings.NewReader("text=" + strings.ReplaceAll(text, " ", "+") + fmt.Sprintf("&key=k%d", i))
	req, err := http.NewRequest("POST", v.address()+"/meetings/"+v.meeting+"/questions", form)
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return
	}
	res.Body.Close()
	if res.StatusCode == http.StatusTooManyRequests {
		time.Sleep(50 * time.Millisecond) // the limits hold; the test need not press
	}
	if at := res.Header.Get("Location"); res.StatusCode == http.StatusSeeOther && strings.Contains(at, "/mine/") {
		v.mu.Lock()
		v.questions[at[strings.Index(at, "/questions/"):]] = text
		v.mu.Unlock()
	}
}

type shownPaper struct {
	Versions []struct {
		State       string     `json:"state"`
		SHA256      string     `json:"sha256"`
		Original    string     `json:"original_sha256"`
		ScheduledAt *time.Time `json:"scheduled_at"`
		PublishedAt *time.Time `json:"published_at"`
	} `json:"versions"`
}

func (v *victim) check(n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	recent := 0
	for id, a := range v.papers {
		if recent++; n < kills-1 && recent > 60 && n%10 != 0 {
			break // all of them every tenth time and at the end; a random handful otherwise
		}
		v.checkPaper(id, a)
	}
	for at, text := range v.questions {
		v.checkQuestion(at, text)
		if n < kills-1 && rand.IntN(40) == 0 {
			break
		}
	}
	v.checkActs()
}

func (v *victim) checkPaper(id string, a *ack) {
	var p shownPaper
	base := v.base
	get := func(token, path string, into any) int {
		req, _ := http.NewRequest("GET", base+"/api/v1"+path, nil)
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := v.client.Do(req)
		if err != nil {
			v.t.Errorf("reading %s: %v", path, err)
			return 0
		}
		defer res.Body.Close()
		_ = json.NewDecoder(res.Body).Decode(into)
		return res.StatusCode
	}
	publicly := get("", "/papers/"+id, &shownPaper{})
	answered := time.Now()
	if publicly == http.StatusOK && !a.asked {
		v.t.Errorf("paper %s is public and nobody published it", id)
	}
	if publicly == http.StatusOK && answered.Before(a.due) {
		v.t.Errorf("paper %s is public at least %v early", id, a.due.Sub(answered))
	}
	if s := get(v.token, "/papers/"+id, &p); s != http.StatusOK || len(p.Versions) != 1 {
		v.t.Errorf("paper %s was acknowledged and is gone: %d, %d versions", id, s, len(p.Versions))
		return
	}
	if got := p.Versions[0]; got.PublishedAt != nil && got.ScheduledAt != nil && got.PublishedAt.Before(*got.ScheduledAt) {
		v.t.Errorf("paper %s was published at %v, before its time %v", id, got.PublishedAt, got.ScheduledAt)
	}
	if got := p.Versions[0].Original; got != a.hash {
		v.t.Errorf("paper %s has hash %s, uploaded was %s", id, got, a.hash)
	}
}

func (v *victim) checkQuestion(at, text string) {
	res, err := v.client.Get(v.base + at)
	if err != nil {
		v.t.Errorf("reading a question: %v", err)
		return
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK || !strings.Contains(string(b), text) {
		v.t.Errorf("a question was acknowledged at %s and its asker cannot read it there: %d", at, res.StatusCode)
	}
}

// checkActs reads the acts in order: no number is missing and none comes twice.
func (v *victim) checkActs() {
	var from int64
	for {
		var page struct {
			Items []struct {
				Number int64 `json:"number"`
			} `json:"items"`
		}
		res, err := v.client.Get(fmt.Sprintf("%s/api/v1/log/entries?from=%d", v.base, from))
		if err != nil {
			v.t.Errorf("reading acts: %v", err)
			return
		}
		err = json.NewDecoder(res.Body).Decode(&page)
		res.Body.Close()
		if err != nil || len(page.Items) == 0 {
			return
		}
		for _, a := range page.Items {
			if from != 0 && a.Number != from {
				v.t.Errorf("after act %d comes act %d", from-1, a.Number)
			}
			from = a.Number + 1
		}
	}
}

// settle waits until everything acknowledged as published is public, with the bytes that the record names and made of those that were uploaded, and
// found; and makes sure that search finds nothing else.
func (v *victim) settle() {
	v.t.Helper()
	v.check(kills)
	for id, a := range v.papers {
		if a.due.IsZero() {
			continue
		}
		servertest.Eventually(v.t, "paper "+id+" is public", func() bool {
			res, err := v.client.Get(v.base + "/papers/" + id + "/file")
			if err != nil {
				return false
			}
			defer res.Body.Close()
			h := sha256.New()
			_, _ = io.Copy(h, res.Body)
			var p shownPaper
			if status, err := v.call(v.token, "GET", "/papers/"+id, nil, &p); err != nil || status != http.StatusOK || len(p.Versions) != 1 {
				return false
			}
			return res.StatusCode == http.StatusOK && hex.EncodeToString(h.Sum(nil)) == p.Versions[0].SHA256 && p.Versions[0].Original == a.hash
		})
		servertest.Eventually(v.t, "paper "+id+" is found", func() bool { return v.finds(a.word, id) })
	}
	for id, a := range v.papers {
		if !a.asked && v.finds(a.word, id) {
			v.t.Errorf("paper %s was never published and is found", id)
		}
	}
}

func (v *victim) finds(word, id string) bool {
	var found struct {
		Hits []struct {
			Paper string `json:"paper"`
			Pages []struct {
				URL string `json:"url"`
			} `json:"pages"`
		} `json:"hits"`
	}
	res, err := v.client.Get(v.base + "/api/v1/search?q=" + word)
	if err != nil {
		return false
	}
	err = json.NewDecoder(res.Body).Decode(&found)
	res.Body.Close()
	if err != nil || len(found.Hits) == 0 {
		return false
	}
	for _, p := range found.Hits[0].Pages {
		page, err := v.client.Get(v.base + p.URL)
		if err != nil || page.StatusCode != http.StatusOK {
			v.t.Errorf("search answers %s, which is not there: an index entry dangles", p.URL)
		}
		if err == nil {
			page.Body.Close()
		}
	}
	return found.Hits[0].Paper == id
}
