package store

import (
	"context"
	"fmt"

	"clearday/papers"
)

// AccessOfFiles implements papers.Store.
func (db *DB) AccessOfFiles(ctx context.Context, a papers.Audience) (checked int, with map[string]int, err error) {
	var rows []versionRow
	err = db.r.NewSelect().Model(&rows).Column("v.findings").Join("JOIN papers AS p ON p.id = v.paper "+around).
		Where("v.state = 'published' AND v.checked <> ''").Where("?", versionFor(a)).Scan(ctx)
	if err != nil {
		return 0, nil, fmt.Errorf("counting who can read the files: %w", err)
	}
	with = map[string]int{}
	for _, r := range rows {
		for _, f := range r.Findings {
			with[f.Code]++
		}
	}
	return len(rows), with, nil
}
