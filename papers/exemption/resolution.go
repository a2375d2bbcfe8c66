package exemption

import (
	"slices"
	"strings"

	"clearday/papers"
)

// Resolutions are model words for the agenda by which the public is excluded (N-3, rules.md 3.5): one
// for all private items with the same grounds, in the order of the agenda. Confidential items need
// none: there the law itself excludes.
func Resolutions(items []papers.Item) []string {
	var out, keys []string
	numbers := map[string][]string{}
	grounds := map[string]papers.Grounds{}
	for _, i := range items {
		if !needsOne(i) {
			continue
		}
		key := i.Grounds.Regime + " " + strings.Join(i.Grounds.Paras, " ") + "\x00" + whole(i.Grounds.Regime).says(i.Grounds)
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
		numbers[key], grounds[key] = append(numbers[key], i.Number), i.Grounds
	}
	for _, key := range keys {
		g, l := grounds[key], whole(grounds[key].Regime)
		words := "item "
		if len(numbers[key]) > 1 {
			words = "items "
		}
		out = append(out, l.resolution(words+and(numbers[key]), g))
	}
	return out
}

func needsOne(i papers.Item) bool {
	return i.Private && !i.Grounds.Confidential && len(i.Grounds.Paras) > 0
}

func (l List) resolution(items string, g papers.Grounds) string {
	return strings.NewReplacer("{items}", items, "{paras}", l.paras(g), "{says}", l.says(g)).Replace(l.Resolution)
}

// ForRest are model words for the rest of the meeting, when all private items that are left have the
// same grounds: one resolution can only state what holds for all it covers. Else there are none.
func ForRest(left []papers.Item) string {
	private := slices.DeleteFunc(slices.Clone(left), func(i papers.Item) bool { return !needsOne(i) })
	if len(private) == 0 || len(private) != len(left) || len(Resolutions(private)) != 1 {
		return ""
	}
	g := private[0].Grounds
	return whole(g.Regime).resolution("the rest of the meeting", g)
}
