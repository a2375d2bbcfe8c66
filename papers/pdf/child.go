package pdf

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

// childArgument makes a program that holds this package do one work and end, instead of what it is for.
const childArgument = "clearday-pdf-child"

// works are what a child can be asked for: an order in JSON on standard input, answers in lines of JSON on standard output.
var works = map[string]func(in io.Reader, out io.Writer) error{
	packWork: makePack,
}

// An init, for once: whatever binary holds this package, the program or any test of it, must answer as its own child before it does
// anything else. Hostile files are parsed there, so that what they break is only the child.
func init() {
	if len(os.Args) != 3 || os.Args[1] != childArgument {
		return
	}
	do := works[os.Args[2]]
	if do == nil {
		fmt.Fprintln(os.Stderr, "there is no such work")
		os.Exit(2)
	}
	if err := do(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// maxLine bounds one line of a child's answer.
const maxLine = 1 << 20

// slack is what a child may hold above what its collector aims at: stacks, and what was not collected yet.
const slack = 256 << 20

// work has a child of this same program do the named work on the order, and hands each line of its answer to read. The limits are
// those of run.
func (t *Tools) work(ctx context.Context, timeout time.Duration, name string, order any, read func(line []byte) error) error {
	in, err := json.Marshal(order)
	if err != nil {
		return fmt.Errorf("writing an order: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	c := child{
		name: name, timeout: timeout, path: self, args: []string{childArgument, name}, in: bytes.NewReader(in),
		memory: "--data=" + strconv.FormatInt(t.limits.Collect+slack, 10), // not addresses, of which Go reserves many more than it uses
		size:   maxPackFile,
		env:    []string{"GOMEMLIMIT=" + strconv.FormatInt(t.limits.Collect, 10), "GOMAXPROCS=2"},
	}
	return t.start(ctx, c, func(r io.Reader) error {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxLine)
		for lines.Scan() {
			if err := read(lines.Bytes()); err != nil {
				return err
			}
		}
		return lines.Err()
	})
}

// maxPackFile bounds what a child may write to a file.
const maxPackFile = 4 << 30
