package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// api calls the program as any script of a secretary would.
type api struct {
	addr, token string
}

// token makes a token with the command, on the program's data.
func (b *bench) token(ctx context.Context, data, role string) (string, error) {
	cmd := exec.CommandContext(ctx, b.binary, "token", "add", "bench "+role, "--role", role)
	cmd.Env = append(slices.Concat(os.Environ(), b.env), "CLEARDAY_DATA="+data)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("adding a token: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// do sends JSON and reads JSON; an answer that is no success is an error with its text.
func (a api) do(ctx context.Context, method, path string, body, into any) error {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("writing a body: %w", err)
		}
		r = bytes.NewReader(b)
	}
	return a.send(ctx, method, path, "application/json", r, into)
}

func (a api) send(ctx context.Context, method, path, kind string, body io.Reader, into any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+a.addr+"/api/v1"+path, body)
	if err != nil {
		return fmt.Errorf("making a request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("calling the program: %w", err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("reading an answer: %w", err)
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, bytes.TrimSpace(b))
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("reading the answer to %s %s: %w", method, path, err)
	}
	return nil
}

// paper is what an upload and a look at a paper answer, as far as it matters here.
type paper struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Versions []struct {
		State string `json:"state"`
	} `json:"versions"`
}

// upload sends a file to an item.
func (a api) upload(ctx context.Context, item, name, title string, file []byte) (paper, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = w.WriteField("title", title)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return paper{}, fmt.Errorf("writing an upload: %w", err)
	}
	var p paper
	return p, a.send(ctx, http.MethodPost, "/items/"+item+"/papers", w.FormDataContentType(), &body, &p)
}

// awaitReady waits until the upload has been read.
func (a api) awaitReady(ctx context.Context, p paper) error {
	state := p.State
	return until(ctx, "paper "+p.ID+" is ready", func() (bool, error) {
		switch state {
		case "ready", "scheduled", "published":
			return true, nil
		case "blocked":
			return false, fmt.Errorf("paper %s is blocked", p.ID)
		}
		var now paper
		if err := a.do(ctx, http.MethodGet, "/papers/"+p.ID, nil, &now); err != nil {
			return false, err
		}
		if len(now.Versions) > 0 {
			state = now.Versions[len(now.Versions)-1].State
		}
		return false, nil
	})
}

// finds tells whether a search for the words answers the paper.
func (a api) finds(ctx context.Context, words, id string) (bool, error) {
	var found struct {
		Hits []struct {
			Paper string `json:"paper"`
		} `json:"hits"`
	}
	if err := a.do(ctx, http.MethodGet, "/search?q="+words, nil, &found); err != nil {
		return false, err
	}
	for _, h := range found.Hits {
		if h.Paper == id {
			return true, nil
		}
	}
	return false, nil
}

// until asks each 10 ms, for a minute at most.
func until(ctx context.Context, what string, done func() (bool, error)) error {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("waited a minute until %s", what)
}
