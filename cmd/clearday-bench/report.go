package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is what a run found.
type report struct {
	Command string
	Machine []string // facts, one a line
	Took    time.Duration
	rows    []row
	notes   []string
}

// row is one figure beside its yardstick. Ratio and yardstick are empty where there is none.
type row struct {
	what      string
	figure    string
	yardstick string
	ratio     string
	aim       string
	met       bool // of the aim; without an aim it says nothing
}

func (r *report) add(w row) { r.rows = append(r.rows, w) }

func (r *report) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// markdown writes the table, the machine and how it was measured.
func (r *report) markdown() string {
	var s strings.Builder
	s.WriteString("# Measured\n\n| What | Clearday | Yardstick | Ratio | Aim | Met |\n| --- | ---: | ---: | ---: | --- | --- |\n")
	for _, w := range r.rows {
		met := "no"
		if w.met {
			met = "yes"
		}
		if w.aim == "" {
			met = ""
		}
		cells := []string{w.what, w.figure, w.yardstick, w.ratio, w.aim, met}
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "|", "\\|")
		}
		fmt.Fprintf(&s, "| %s |\n", strings.Join(cells, " | "))
	}
	section := func(title string, lines []string) {
		if len(lines) > 0 {
			fmt.Fprintf(&s, "\n## %s\n\n* %s\n", title, strings.Join(lines, "\n* "))
		}
	}
	section("How", r.notes)
	section("Where", append(slices.Clone(r.Machine), fmt.Sprintf("Command: `%s`, %s", r.Command, r.Took.Round(time.Second))))
	return s.String()
}

// machine tells where and when this is, as far as the machine says.
func machine(ctx context.Context) []string {
	facts := []string{
		fmt.Sprintf("%d processors, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, cpuModel()),
		"Go: " + runtime.Version(),
		"Date: " + time.Now().UTC().Format("2006-01-02 15:04 UTC"),
	}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		facts = append(facts, "Load of the machine when it began: "+strings.Join(strings.Fields(string(b))[:3], " "))
	}
	if out, err := exec.CommandContext(ctx, "git", "rev-parse", "--short", "HEAD").Output(); err == nil {
		commit := strings.TrimSpace(string(out))
		if out, err := exec.CommandContext(ctx, "git", "status", "--porcelain", "-uno").Output(); err == nil && len(out) > 0 {
			commit += ", with changes that are not committed"
		}
		facts = append(facts, "Commit: "+commit)
	}
	return facts
}

// median is the middle of the values, the mean of the two middle ones for an even number; 0 for none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// percentile is the smallest value that p of 100 of the values do not exceed; 0 for none.
func percentile(values []time.Duration, p float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	i := int(float64(len(v))*p/100+0.9999999) - 1
	return v[min(max(i, 0), len(v)-1)]
}

// medianTime is the median of durations.
func medianTime(values []time.Duration) time.Duration {
	f := make([]float64, len(values))
	for i, v := range values {
		f[i] = float64(v)
	}
	return time.Duration(median(f))
}

// thousands writes a number as people read it: 12,345.
func thousands(f float64) string {
	s := fmt.Sprintf("%.0f", f)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }

// share writes a ratio with two digits that say something.
func share(a, b float64) string {
	if r := a / b; r < 0.1 {
		return fmt.Sprintf("%.2g", r)
	}
	return fmt.Sprintf("%.2f", a/b)
}

func seconds(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}
