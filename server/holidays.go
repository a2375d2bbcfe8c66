package server

import (
	"context"
	"fmt"

	"clearday/papers/notice"
)

// holidays are the bank holidays that count: of the latest file that was uploaded, else those that the
// program brings.
func (s *Server) holidays() notice.Holidays {
	if h := s.holidayFile.Load(); h != nil {
		return *h
	}
	return notice.Snapshot()
}

// readHolidays looks for a newer file of bank holidays. Follow calls it before pages of the generation
// that the upload began are made.
func (s *Server) readHolidays(ctx context.Context) error {
	files, err := s.Record.HolidayFiles(ctx)
	if err != nil || len(files) == 0 || files[0].Hash == s.holidays().Hash() {
		return err
	}
	data, err := s.Record.HolidayBytes(ctx, files[0].Hash)
	if err != nil {
		return err
	}
	h, err := notice.ParseHolidays(data)
	if err != nil {
		return fmt.Errorf("reading the bank holidays that were uploaded: %w", err)
	}
	s.holidayFile.Store(&h)
	return nil
}
