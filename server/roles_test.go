package server_test

import (
	"strings"
	"testing"

	"clearday/livestream"
	"clearday/papers"
	"clearday/server/auth"
)

// TestWhoSeesWhatOfAskers asks for every address as each role. Nobody's page or frame shows an e-mail address;
// who has no part in deciding about questions sees nothing of one that is not published, and who only decides
// about refusals, as the chair does, nothing of one that waits for no such decision.
func TestWhoSeesWhatOfAskers(t *testing.T) {
	a := newAviary(t)
	refused, err := a.Hub.Ask(t.Context(), livestream.Ask{Meeting: a.open.Slug, Device: auth.HashSecret("another device"), Key: "k2",
		Name: a.birds.word("refused name"), Email: a.birds.word("refused email") + "@example.org", Text: a.birds.word("refused text") + "?"})
	if err != nil {
		t.Fatal(err)
	}
	decision := livestream.Decision{Number: refused.Number, To: livestream.Refused, Reason: "names-individual", Told: a.birds.word("refused told")}
	if _, err := a.Hub.Decide(t.Context(), decision, papers.Program); err != nil {
		t.Fatal(err)
	}
	waiting, err := a.Hub.Ask(t.Context(), livestream.Ask{Meeting: a.open.Slug, Device: auth.HashSecret("a third device"), Key: "k3", Name: a.birds.word("waiting name"), Text: a.birds.word("waiting text") + "?"})
	if err != nil {
		t.Fatal(err)
	}
	a.ids["number"] = append(a.ids["number"], refused.Number, waiting.Number)
	for _, role := range auth.Roles {
		t.Run(string(role), func(t *testing.T) {
			b := a.SignedIn(t, role)
			person := auth.Person{ID: "x", Grants: []auth.Grant{{Role: role, Board: papers.EveryBoard}}}
			seen, reads := map[string]bool{}, map[string]bool{}
			for _, thing := range []string{"question text", "question name"} { // a refusal of it is proposed
				reads[thing] = person.May(auth.ReadAsked, "") || person.May(auth.Refuse, "")
			}
			for _, thing := range []string{"waiting text", "waiting name", "refused text", "refused name", "refused told"} {
				reads[thing] = person.May(auth.ReadAsked, "")
			}
			for _, at := range a.addresses() {
				if at[0] != "GET" || strings.HasSuffix(at[1], "/socket") {
					continue
				}
				for _, accept := range []string{"text/html", "application/json"} {
					text := strings.ToLower(b.Get(t, at[1], "Accept", accept).Text)
					for _, thing := range []string{"question email", "refused email"} {
						if strings.Contains(text, a.birds[thing]) {
							t.Errorf("%s shows the %s", at[1], thing)
						}
					}
					for thing := range reads {
						if !strings.Contains(text, a.birds[thing]) {
							continue
						}
						if seen[thing] = true; !reads[thing] {
							t.Errorf("%s shows the %s", at[1], thing)
						}
					}
				}
			}
			for thing, may := range reads {
				if may && !seen[thing] {
					t.Errorf("does not see the %s: this test cannot find it", thing)
				}
			}
		})
	}
}
