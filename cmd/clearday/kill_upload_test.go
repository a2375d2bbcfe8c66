package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"clearday/server/servertest"
)

const (
	folderFiles = 100
	folderFile  = 5 << 20 // 500 MB together
	pieceBytes  = 4 << 20
	// mostMemory is what the program may hold while a folder arrives: nothing in it grows with the folder.
	mostMemory = 700 << 20
)

// sent is one file of the folder, on its way.
type sent struct {
	name string
	body []byte
	hash string
	id   string
	at   int // acknowledged
	done bool
}

// TestKillUpload sends a folder of 100 files and 500 MB, three at a time, and kills the program again and again in the
// middle. What was acknowledged is never asked for again, every file becomes one paper with the bytes that were sent,
// and the program's memory stays bounded.
func TestKillUpload(t *testing.T) {
	v := &victim{t: t, bin: buildBinary(t), dir: t.TempDir(), papers: map[string]*ack{}, questions: map[string]string{}, client: &http.Client{Timeout: 60 * time.Second}}
	v.token = strings.TrimSpace(v.command("token", "add", "kill test", "--role", "secretary"))
	admin := strings.TrimSpace(v.command("token", "add", "kill test admin", "--role", "admin"))
	v.start()
	v.must(v.call(admin, "POST", "/boards", map[string]any{"name": "Partnership Board"}, nil))
	v.prepare()
	files := make([]*sent, folderFiles)
	for n := range files {
		files[n] = &sent{name: fmt.Sprintf("Item %d - Paper %d.pdf", n%3+1, n)}
	}
	most := 0
	for round := 0; ; round++ {
		stop, work, queue := make(chan struct{}), sync.WaitGroup{}, make(chan *sent)
		for range 3 {
			work.Go(func() {
				for f := range queue {
					v.sendFile(f, stop)
				}
			})
		}
		if round < 4 {
			time.AfterFunc(time.Duration(1500+700*round)*time.Millisecond, func() { // the moment of the kill is the test's input
				_ = v.process.Process.Kill()
				close(stop)
			})
		}
		for n, f := range files {
			if f.done {
				continue
			}
			if len(f.body) == 0 {
				f.body = folderBytes(t, n)
				sum := sha256.Sum256(f.body)
				f.hash = hex.EncodeToString(sum[:])
			}
			queue <- f
		}
		close(queue)
		work.Wait()
		most = max(most, peakMemory(v.process.Process.Pid))
		if round >= 4 {
			break
		}
		<-stop
		_ = v.process.Wait()
		v.start()
	}
	v.checkFolder(files)
	t.Logf("most memory of the program: %d MB", most>>20)
	if most > mostMemory {
		t.Errorf("the program held %d MB", most>>20)
	}
}

// folderBytes is a PDF of its own, filled up to the size behind its end, which then stands there again: where nobody
// finds it, qpdf looks for objects in every line for a minute.
func folderBytes(t *testing.T, n int) []byte {
	file := servertest.PDF(t, "Folder", fmt.Sprintf("Words of file %d", n))
	end := file[bytes.LastIndex(file, []byte("startxref")):]
	fill := bytes.Repeat([]byte("%x\n"), (folderFile-len(file)-len(end))/3)
	return slices.Concat(file, fill, end)
}

// peakMemory is the most that a process has held, from the kernel; 0 once it is gone.
func peakMemory(pid int) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kb, _ := strconv.Atoi(strings.Fields(rest + " 0")[0])
	return kb << 10
}

// sendFile sends what is missing of a file until it is added or the program is gone.
func (v *victim) sendFile(f *sent, stop chan struct{}) {
	for !f.done {
		select {
		case <-stop:
			return
		default:
		}
		if f.id == "" {
			var u struct{ ID string }
			if status, text := v.desk("POST", "/desk/meetings/"+v.meeting+"/uploads", "application/json", mustJSON(map[string]any{"name": f.name, "size": len(f.body)}), ""); status == http.StatusCreated && json.Unmarshal(text, &u) == nil {
				f.id = u.ID
			}
			continue
		}
		if f.at < len(f.body) {
			status, text := v.desk("PATCH", "/desk/uploads/"+f.id, "application/offset+octet-stream", f.body[f.at:min(f.at+pieceBytes, len(f.body))], strconv.Itoa(f.at))
			if status == http.StatusOK || status == http.StatusConflict {
				v.seeOffset(f, status, text)
			}
			continue
		}
		if status, text := v.desk("POST", "/desk/uploads/"+f.id+"/add", "application/json", []byte(`{"again":true}`), ""); status == http.StatusCreated {
			f.done = true
		} else if status != 0 {
			v.t.Errorf("adding %s: %d %s", f.name, status, text)
			return
		}
	}
}

// seeOffset asks how far the file is: never less than what was acknowledged.
func (v *victim) seeOffset(f *sent, status int, text []byte) {
	var u struct{ Received int }
	if status == http.StatusConflict { // the answer to the piece before was lost
		if status, text = v.desk("GET", "/desk/uploads/"+f.id, "", nil, ""); status != http.StatusOK {
			return
		}
	}
	if err := json.Unmarshal(text, &u); err != nil || u.Received < f.at {
		v.t.Errorf("%s: %d bytes were acknowledged, now %d (%v)", f.name, f.at, u.Received, err)
	}
	f.at = u.Received
}

// desk asks the desk with the token. 0 is no answer.
func (v *victim) desk(method, path, kind string, body []byte, offset string) (int, []byte) {
	req, err := http.NewRequest(method, v.address()+path, bytes.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+v.token)
	req.Header.Set("Accept", "application/json")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if offset != "" {
		req.Header.Set("Upload-Offset", offset)
	}
	res, err := v.client.Do(req)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil
	}
	return res.StatusCode, text
}

func mustJSON(in any) []byte {
	b, err := json.Marshal(in)
	if err != nil {
		panic(err)
	}
	return b
}

// checkFolder compares the record with what was sent: each file once, byte by byte, and nothing left behind.
func (v *victim) checkFolder(files []*sent) {
	v.t.Helper()
	var pack struct {
		Items []struct {
			Papers []struct {
				Title    string
				Versions []struct {
					Original string `json:"original_sha256"`
				}
			}
		}
	}
	v.must(v.call(v.token, "GET", "/meetings/"+v.meeting, nil, &pack))
	have := map[string]int{}
	for _, i := range pack.Items {
		for _, p := range i.Papers {
			have[p.Versions[0].Original]++
		}
	}
	if len(have) != len(files) {
		v.t.Errorf("%d files became %d papers", len(files), len(have))
	}
	for n, f := range files {
		if have[f.hash] != 1 {
			v.t.Errorf("file %d is there %d times", n, have[f.hash])
		}
	}
	left, err := filepath.Glob(filepath.Join(v.dir, "files", "tmp", "upload-*"))
	if err != nil || len(left) != 0 {
		v.t.Errorf("left behind: %v, %v", left, err)
	}
}
