package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"clearday/papers"
	"clearday/server/page"
)

// Clear follows withdrawals until ctx ends: it removes from this machine what was made from a
// version that was withdrawn, and the bytes of one that was taken back, and notes what it cleared.
// Its position is beside the data that it clears, so that a program that was killed in between goes
// on where it was.
func (s *Server) Clear(ctx context.Context) error {
	position := filepath.Join(s.Config.Data, "cleared")
	at, err := readPosition(position)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		next, err := s.clearAfter(ctx, at)
		if err == nil && next > at {
			err = writePosition(position, next)
		}
		if err != nil {
			if ctx.Err() == nil {
				s.Log.Error("clearing what was withdrawn", slog.Any("err", err))
				pause(ctx, time.Second)
			}
			continue
		}
		at = next
		s.cleared.Store(at)
		if _, err := s.Record.AwaitAct(ctx, at); err != nil && ctx.Err() == nil {
			pause(ctx, time.Second) // the next look says what is wrong
		}
	}
	return nil
}

// clearAfter clears what the acts after a number withdrew, and answers the number that it came to.
func (s *Server) clearAfter(ctx context.Context, at int64) (int64, error) {
	acts, err := s.Record.Acts(ctx, at, 0)
	if err != nil {
		return at, fmt.Errorf("reading acts: %w", err)
	}
	for _, a := range acts {
		if a.Kind == papers.ActPaperWithdrawn {
			if err := s.clear(ctx, a); err != nil {
				return at, fmt.Errorf("clearing %s: %w", a.Subject, err)
			}
		}
		at = a.Number
	}
	return at, nil
}

func (s *Server) clear(ctx context.Context, a papers.Act) error {
	ref, ok := papers.VersionOf(a.Subject)
	if !ok {
		return fmt.Errorf("the act %d names no version", a.Number)
	}
	if hash := a.Facts["sha256"]; hash != "" {
		if err := s.Images.Drop(hash); err != nil {
			return fmt.Errorf("dropping page images: %w", err)
		}
		s.words.forget(hash + "/")
		s.outlines.forget(hash + "/")
	}
	s.found.forget(fmt.Sprintf("%s/%d/", ref.Paper, ref.N))
	s.sheets.forget(fmt.Sprintf("%s/%d/", ref.Paper, ref.N))
	s.compared.forget(ref.Paper + "/")
	if err := s.noteClearing(ctx, a, "images", "Page images, their words and comparisons are gone."); err != nil {
		return err
	}
	if _, err := s.Packs.Forget(a.Meeting); err != nil {
		return fmt.Errorf("clearing packs: %w", err)
	}
	if err := s.noteClearing(ctx, a, "packs", "No pack holds it. A page in its place keeps the numbers."); err != nil {
		return err
	}
	if a.Facts["taken_back"] != "" {
		if err := s.clearFiles(ctx, a, ref); err != nil {
			return err
		}
	}
	return s.awaitFollowers(ctx, a)
}

// clearFiles removes the bytes of a version that was taken back, unless another one needs them.
func (s *Server) clearFiles(ctx context.Context, a papers.Act, ref papers.VersionRef) error {
	hashes, err := s.Record.Unused(ctx, ref)
	if err != nil {
		return err
	}
	for _, hash := range hashes {
		if err := s.Files.Remove(hash); err != nil {
			return fmt.Errorf("removing a file: %w", err)
		}
	}
	return s.noteClearing(ctx, a, "files", page.Count(len(hashes), "file is", "files are")+" gone from the disk: what was uploaded, and what was made of it.")
}

// followersPatience is how long clearing waits for search and pages. One that is behind shows nothing
// that was withdrawn all the same: hits are checked against the record.
const followersPatience = 10 * time.Second

// awaitFollowers notes when pages and search of this program hold nothing of it any more.
func (s *Server) awaitFollowers(ctx context.Context, a papers.Act) error {
	patient, cancel := context.WithTimeout(ctx, followersPatience)
	defer cancel()
	for patient.Err() == nil && (s.cache.generation.Load() < a.Number || s.Finder.Follow.Seen() < a.Number) {
		pause(patient, 5*time.Millisecond)
	}
	if err := s.noteClearing(ctx, a, "pages", "Pages, feeds and calendars are made anew without it."); err != nil {
		return err
	}
	if s.Finder.Follow.Seen() < a.Number {
		return s.noteClearing(ctx, a, "search", "Search is behind. It shows nothing of it: each hit is checked against the record.")
	}
	return s.noteClearing(ctx, a, "search", "Search holds nothing of it.")
}

func (s *Server) noteClearing(ctx context.Context, a papers.Act, part, says string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return s.Record.NoteClearing(ctx, papers.Clearing{Act: a.Number, Program: host + " " + s.Config.Data, Part: part, Says: says})
}

// awaitClearing waits until this program has cleared what an act withdrew, for a short while.
func (s *Server) awaitClearing(ctx context.Context, act int64) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for s.cleared.Load() < act && ctx.Err() == nil {
		pause(ctx, 5*time.Millisecond)
	}
}

func readPosition(path string) (int64, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading how far withdrawals were cleared: %w", err)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return 0, nil //nolint:nilerr // a torn file: all is cleared once more, which does no harm
	}
	return n, nil
}

func writePosition(path string, at int64) error {
	if err := os.WriteFile(path+".new", []byte(strconv.FormatInt(at, 10)+"\n"), 0o600); err != nil {
		return fmt.Errorf("noting how far withdrawals were cleared: %w", err)
	}
	return os.Rename(path+".new", path)
}
