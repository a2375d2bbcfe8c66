package auth

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"clearday/papers"
)

// matrix is what each role may do on its own board. On another board it may do nothing of it; a
// role on every board may do it everywhere. Columns are the permissions in the order of permissions.
const matrix = `
                                    author  secretary  moderator  chair  member  admin  captioner
manage the site                     -       -          -          -      -       yes    -
edit the board                      -       yes        -          -      -       yes    -
edit the agenda                     -       yes        -          -      -       -      -
approve papers                      -       yes        -          yes    -       -      -
upload papers                       yes     yes        -          -      -       -      -
publish                             -       yes        -          -      -       -      -
run the room                        -       yes        -          -      -       -      -
send captions                       -       yes        -          -      -       -      yes
moderate questions                  -       yes        yes        -      -       -      -
see the chair’s view                -       yes        yes        yes    -       -      -
read questions that are not public  -       yes        yes        -      -       -      -
decide about refusals               -       yes        -          yes    -       -      -
take part in deciding questions     -       yes        yes        yes    -       -      -
see what is not public yet          yes     yes        yes        yes    -       -      -
see private papers                  -       yes        -          yes    yes     -      -
`

var permissions = []Permission{ManageSite, EditBoard, EditAgenda, Approve, Upload, Publish, RunRoom, Caption, Moderate, SeeChair, ReadAsked, Refuse, HandleAsked, SeeDrafts, SeePrivate}

func TestMatrix(t *testing.T) {
	var got strings.Builder
	fmt.Fprintf(&got, "\n%-36s", "")
	for _, r := range Roles {
		fmt.Fprintf(&got, "%-*s", len(r)+2, r)
	}
	for _, what := range permissions {
		fmt.Fprintf(&got, "\n%-36s", what)
		for _, r := range Roles {
			mark := "-"
			if (Person{ID: "u", Grants: []Grant{{r, "own"}}}).May(what, "own") {
				mark = "yes"
			}
			fmt.Fprintf(&got, "%-*s", len(r)+2, mark)
		}
	}
	lines := func(s string) []string {
		var out []string
		for l := range strings.Lines(strings.TrimSpace(s)) {
			out = append(out, strings.Join(strings.Fields(l), " "))
		}
		return out
	}
	if !slices.Equal(lines(got.String()), lines(matrix)) {
		t.Errorf("the matrix of roles is%s\nwant%s", got.String(), matrix)
	}
	for role, list := range may {
		for _, what := range list {
			if !slices.Contains(permissions, what) || !slices.Contains(Roles, role) {
				t.Errorf("%s may %s, which this table does not know", role, what)
			}
		}
	}
}

func TestMayElsewhere(t *testing.T) {
	for _, r := range Roles {
		own, everywhere := Person{ID: "u", Grants: []Grant{{r, "own"}}}, Person{ID: "u", Grants: []Grant{{r, papers.EveryBoard}}}
		for _, what := range permissions {
			may := own.May(what, "own")
			if own.May(what, "other") || own.May(what, papers.EveryBoard) || own.May(what, "ow") || own.May(what, "Own") {
				t.Errorf("%s of one board may %s on another", r, what)
			}
			if own.May(what, "") != may || everywhere.May(what, "other") != may || everywhere.May(what, "") != may {
				t.Errorf("%s, %s: on any board %v, on every board %v, want %v", r, what, own.May(what, ""), everywhere.May(what, "other"), may)
			}
			if Nobody.May(what, "own") || Nobody.May(what, "") || (Person{ID: "u"}).May(what, "own") || (Person{ID: "u", Grants: []Grant{{"owner", "own"}}}).May(what, "own") {
				t.Errorf("somebody without a known role may %s", what)
			}
		}
		if !own.May(SignedIn, "other") || !own.May(Anyone, "other") {
			t.Errorf("%s is not somebody", r)
		}
	}
	if Nobody.May(SignedIn, "") || !Nobody.May(Anyone, "own") {
		t.Error("nobody is taken for somebody, or for less than the public")
	}
}

func TestAudience(t *testing.T) {
	for role, want := range map[Role][2]bool{ // drafts, private
		Author: {true, false}, Secretary: {true, true}, Moderator: {true, false}, Chair: {true, true}, Member: {false, true}, Admin: {false, false}, Captioner: {false, false},
	} {
		for _, board := range []string{"own", papers.EveryBoard} {
			a := Person{ID: "u", Grants: []Grant{{role, board}}}.Audience()
			if got := [2]bool{a.SeesDrafts("own"), a.SeesPrivate("own")}; got != want {
				t.Errorf("%s of %s sees drafts and private matter: %v, want %v", role, board, got, want)
			}
			if board == "own" && (a.SeesDrafts("other") || a.SeesPrivate("other")) {
				t.Errorf("%s of one board sees what is not public of another", role)
			}
		}
	}
	mixed := Person{ID: "u", Grants: []Grant{{Admin, papers.EveryBoard}, {Member, "b"}}}.Audience()
	if !mixed.SeesPrivate("b") || mixed.SeesPrivate("a") || mixed.SeesDrafts("b") {
		t.Errorf("an administrator who is a member of one board sees %+v", mixed)
	}
	if a := Nobody.Audience(); a.SeesDrafts("own") || a.SeesPrivate("own") || a.SeesDrafts(papers.EveryBoard) {
		t.Error("the public sees what is not public")
	}
}

func TestActor(t *testing.T) {
	p := Person{ID: "u1", Name: "Ann", Grants: []Grant{{Member, "a"}, {Moderator, "a"}, {Secretary, "b"}}}
	for _, c := range []struct {
		what  Permission
		board string
		role  string
	}{{Moderate, "a", "moderator"}, {Moderate, "b", "secretary"}, {Publish, "a", ""}, {SeePrivate, "a", "member"}, {Publish, "", "secretary"}} {
		if got := p.Actor(c.what, c.board); got != (papers.Actor{ID: "u1", Name: "Ann", Role: c.role}) {
			t.Errorf("%s on %q is audited as %+v, want the role %q", c.what, c.board, got, c.role)
		}
	}
}

func TestPassword(t *testing.T) {
	const good = "vier wörter reichen"
	hash, err := HashPassword(good)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(hash, good) || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the hash is %s", hash)
	}
	if again, _ := HashPassword(good); again == hash {
		t.Error("the same password twice has the same hash")
	}
	if !CheckPassword(hash, good) {
		t.Error("the right password is wrong")
	}
	for _, wrong := range []string{"", good + " ", strings.ToUpper(good), "vier worter reichen", strings.Repeat("x", 100_000)} {
		if CheckPassword(hash, wrong) {
			t.Errorf("%.40q is taken for the password", wrong)
		}
	}
	for name, c := range map[string]struct{ password, says string }{
		"too short":          {"elf zeichen", "has 11 characters. Use at least 12"},
		"short, many bytes":  {strings.Repeat("é", 11), "has 11 characters"},
		"empty":              {"", "has 0 characters"},
		"without end":        {strings.Repeat("x", 201), "Use at most 200"},
		"so long that it is": {strings.Repeat("x", 1<<20), "Use at most 200"},
	} {
		if _, err := HashPassword(c.password); papers.CodeOf(err) != papers.CodeInvalid || !strings.Contains(err.Error(), c.says) || len(c.password) > 5 && strings.Contains(err.Error(), c.password) {
			t.Errorf("%s: HashPassword = %v", name, err)
		}
	}
	for _, n := range []int{12, 200} {
		p := strings.Repeat("x", n)
		if h, err := HashPassword(p); err != nil || !CheckPassword(h, p) || CheckPassword(h, p[1:]) {
			t.Errorf("a password of %d characters does not work (%v)", n, err)
		}
	}
}

// TestNoUser holds that an unknown address is compared at the cost of a known one: with the same
// numbers, and a salt and a key of the same length; and that nothing fits it.
func TestNoUser(t *testing.T) {
	hash, err := HashPassword("some good password")
	if err != nil {
		t.Fatal(err)
	}
	a, b := strings.Split(hash, "$"), strings.Split(noUser, "$")
	if strings.Join(a[:4], "$") != strings.Join(b[:4], "$") || len(a[4]) != len(b[4]) || len(a[5]) != len(b[5]) {
		t.Errorf("an unknown user is compared with %s, a known one with %s", noUser, hash)
	}
	for _, p := range []string{"", "some good password"} {
		if CheckPassword("", p) {
			t.Errorf("%q fits a user without a password", p)
		}
	}
	for _, broken := range []string{"x", "$$$$$", "$argon2id$v=19$m=19456,t=2,p=1$$", strings.TrimSuffix(hash, a[5]), hash[:len(hash)-4], hash + "$", strings.Replace(hash, "m=19456", "m=", 1), strings.Replace(hash, "v=19", "v=", 1)} {
		if CheckPassword(broken, "some good password") || CheckPassword(broken, "") {
			t.Errorf("a password fits the broken hash %q", broken)
		}
	}
}

func TestSecrets(t *testing.T) {
	a, b := NewSecret(), NewSecret()
	if a == b || len(a) != 43 || strings.Trim(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("secrets %q and %q", a, b)
	}
	if h := HashSecret(a); len(h) != 64 || strings.Contains(h, a) || h != HashSecret(a) || h == HashSecret(b) {
		t.Errorf("what is kept of a secret is %q", h)
	}
	if p := (Token{ID: "t1", Name: "script", Grants: []Grant{{Author, "a"}}}).Person(); !p.Token || !p.SignedIn() || !p.May(Upload, "a") || p.May(Publish, "a") {
		t.Errorf("a token speaks for %+v", p)
	}
}
