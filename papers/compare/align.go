package compare

import (
	"cmp"
	"slices"
)

// exact is the most pairs of which the longest common run is found by trying all; past it, what is
// unique on both sides leads.
const exact = 1 << 16

// align gives the positions of equal strings of a and b, rising on both sides: a diff by patience.
// Equal ends are taken first; between them strings that each side has once are anchors, because a
// passage that comes once is the same passage, where a line such as "Noted." may be any. It is
// O(n log n) for whole papers; a library that stops after a hundred differences (as the one of
// the Go tools does) pairs next to nothing of a paper that was worked over.
func align(a, b []string) [][2]int {
	var pairs [][2]int
	alignIn(a, b, 0, 0, &pairs)
	return pairs
}

func alignIn(a, b []string, atA, atB int, pairs *[][2]int) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		*pairs = append(*pairs, [2]int{atA, atB})
		a, b, atA, atB = a[1:], b[1:], atA+1, atB+1
	}
	tail := 0
	for tail < min(len(a), len(b)) && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	middleA, middleB := a[:len(a)-tail], b[:len(b)-tail]
	if len(middleA)*len(middleB) <= exact {
		longest(middleA, middleB, atA, atB, pairs)
	} else {
		byAnchors(middleA, middleB, atA, atB, pairs)
	}
	for i := range tail {
		*pairs = append(*pairs, [2]int{atA + len(middleA) + i, atB + len(middleB) + i})
	}
}

// byAnchors aligns what lies between the anchors; without any, nothing is aligned.
func byAnchors(a, b []string, atA, atB int, pairs *[][2]int) {
	fromA, fromB := 0, 0
	for _, p := range anchors(a, b) {
		alignIn(a[fromA:p[0]], b[fromB:p[1]], atA+fromA, atB+fromB, pairs)
		*pairs = append(*pairs, [2]int{atA + p[0], atB + p[1]})
		fromA, fromB = p[0]+1, p[1]+1
	}
	if fromA > 0 {
		alignIn(a[fromA:], b[fromB:], atA+fromA, atB+fromB, pairs)
	}
}

// anchors are the strings that a and b have once each, as far as they keep their order: the longest
// rising run of them.
func anchors(a, b []string) [][2]int {
	inB := once(b)
	var all [][2]int
	for s, i := range once(a) {
		if j, ok := inB[s]; ok && i >= 0 && j >= 0 {
			all = append(all, [2]int{i, j})
		}
	}
	slices.SortFunc(all, func(x, y [2]int) int { return cmp.Compare(x[0], y[0]) })
	before := make([]int, len(all)) // of each, the one before it in its run
	var ends []int                  // of the best run of each length, its last
	for k, p := range all {
		n, _ := slices.BinarySearchFunc(ends, p[1], func(e, j int) int { return cmp.Compare(all[e][1], j) })
		before[k] = none
		if n > 0 {
			before[k] = ends[n-1]
		}
		ends = append(ends[:n], append([]int{k}, ends[min(n+1, len(ends)):]...)...)
	}
	run := make([][2]int, len(ends))
	if len(ends) > 0 {
		for i, k := len(ends)-1, ends[len(ends)-1]; i >= 0; i, k = i-1, before[k] {
			run[i] = all[k]
		}
	}
	return run
}

// once gives where each string stands that comes once; -1 for those that come again.
func once(list []string) map[string]int {
	at := make(map[string]int, len(list))
	for i, s := range list {
		if _, seen := at[s]; seen {
			i = none
		}
		at[s] = i
	}
	return at
}

// longest is the longest common subsequence, by the classic table.
func longest(a, b []string, atA, atB int, pairs *[][2]int) {
	width := len(b) + 1
	table := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i*width+j] = table[(i+1)*width+j+1] + 1
			} else {
				table[i*width+j] = max(table[(i+1)*width+j], table[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			*pairs = append(*pairs, [2]int{atA + i, atB + j})
			i, j = i+1, j+1
		case table[(i+1)*width+j] >= table[i*width+j+1]:
			i++
		default:
			j++
		}
	}
}
