// Package auth says who somebody is and what they may do: users, roles held per board, sessions,
// one-time sign-in links, API tokens, and the one table of permissions.
package auth

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"clearday/papers"
)

// Role is held by a user or token on one board, or on every board.
type Role string

// The roles (design.md section 2). Admin is for the whole site and never opens private papers.
const (
	Author    Role = "author"
	Secretary Role = "secretary"
	Moderator Role = "moderator"
	Chair     Role = "chair"
	Member    Role = "member"
	Admin     Role = "admin"
	Captioner Role = "captioner" // for the token of whoever captions: nothing else
)

// Roles in the order of the documentation.
var Roles = []Role{Author, Secretary, Moderator, Chair, Member, Admin, Captioner}

// Permission is one kind of thing that somebody may do, on a board.
type Permission string

// The permissions. Anyone needs no role, SignedIn any role at all.
const (
	Anyone      Permission = "anyone"
	SignedIn    Permission = "signed in"
	ManageSite  Permission = "manage the site" // settings, partners, new boards, users
	EditBoard   Permission = "edit the board"  // its members, terms, venue and rules for questions
	EditAgenda  Permission = "edit the agenda" // meetings, items
	Approve     Permission = "approve papers"  // say yes to what an author sent, or send it back
	Upload      Permission = "upload papers"
	Publish     Permission = "publish"      // announce, publish, schedule, withdraw
	RunRoom     Permission = "run the room" // open, pause, move the item
	Caption     Permission = "send captions"
	Moderate    Permission = "moderate questions"
	SeeChair    Permission = "see the chair’s view"               // the next questions and the time left
	ReadAsked   Permission = "read questions that are not public" // and what became of them
	Refuse      Permission = "decide about refusals"              // where the board's rule says so
	HandleAsked Permission = "take part in deciding questions"    // of whatever they read, by ReadAsked or Refuse
	SeeDrafts   Permission = "see what is not public yet"
	SeePrivate  Permission = "see private papers"
)

// may is the matrix role x permission, in one place.
var may = map[Role][]Permission{
	Author:    {SeeDrafts, Upload},
	Secretary: {SeeDrafts, SeePrivate, EditBoard, EditAgenda, Approve, Upload, Publish, RunRoom, Caption, Moderate, SeeChair, ReadAsked, Refuse, HandleAsked},
	Moderator: {SeeDrafts, Moderate, SeeChair, ReadAsked, HandleAsked},
	Chair:     {SeeDrafts, SeePrivate, Approve, SeeChair, Refuse, HandleAsked},
	Member:    {SeePrivate},
	Admin:     {ManageSite, EditBoard},
	Captioner: {Caption},
}

// Grant is one role on one board, or on papers.EveryBoard.
type Grant struct {
	Role  Role   `json:"role"`
	Board string `json:"board"`
}

// Person is who is asking: a signed-in user or the holder of a token. The zero value is nobody.
type Person struct {
	ID     string
	Name   string
	Email  string
	Grants []Grant
	Token  bool // came by an API token
}

// Nobody is the public.
var Nobody = Person{}

// SignedIn tells whether it is anybody at all.
func (p Person) SignedIn() bool { return p.ID != "" }

// May tells whether the person may do this on the board. An empty board asks for any board at all.
func (p Person) May(what Permission, board string) bool {
	if what == Anyone {
		return true
	}
	if what == SignedIn {
		return p.SignedIn()
	}
	for _, g := range p.Grants {
		if board != "" && g.Board != papers.EveryBoard && g.Board != board {
			continue
		}
		if slices.Contains(may[g.Role], what) {
			return true
		}
	}
	return false
}

// Holds tells whether the person holds one of the roles on the board.
func (p Person) Holds(board string, roles ...string) bool {
	return slices.ContainsFunc(p.Grants, func(g Grant) bool {
		return (g.Board == papers.EveryBoard || g.Board == board) && slices.Contains(roles, string(g.Role))
	})
}

// boards where the person may do this.
func (p Person) boards(what Permission) []string {
	var list []string
	for _, g := range p.Grants {
		if slices.Contains(may[g.Role], what) {
			list = append(list, g.Board)
		}
	}
	return list
}

// Audience gives what the person may see of the record.
func (p Person) Audience() papers.Audience {
	return papers.Audience{Drafts: p.boards(SeeDrafts), Private: p.boards(SeePrivate), Person: p.ID}
}

// Actor gives the person for the audit, with the role that lets them do it.
func (p Person) Actor(what Permission, board string) papers.Actor {
	for _, g := range p.Grants {
		if (board == "" || g.Board == papers.EveryBoard || g.Board == board) && slices.Contains(may[g.Role], what) {
			return papers.Actor{ID: p.ID, Name: cmp.Or(p.called(), unnamed[g.Role]), Role: string(g.Role)}
		}
	}
	return papers.Actor{ID: p.ID, Name: p.called()}
}

// called is the person's name, "" when they have none: an e-mail address is not shown in its place.
func (p Person) called() string {
	if strings.Contains(p.Name, "@") {
		return ""
	}
	return p.Name
}

// unnamed is what somebody without a name is called, where a name is meant.
var unnamed = map[Role]string{Author: "An author", Secretary: "A board secretary", Moderator: "A moderator", Chair: "The chair",
	Member: "A member", Admin: "An administrator", Captioner: "A captioner"}

// User is somebody who can sign in.
type User struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	Email        string    `json:"email"`
	PasswordHash string    `json:"-"`
	CreatedAt    time.Time `json:"created_at"`
	Grants       []Grant   `json:"grants"`
}

// Person gives the user as who is asking.
func (u User) Person() Person {
	return Person{ID: u.ID, Name: u.Name, Email: u.Email, Grants: u.Grants}
}

// Token is an API token; only the hash of its secret is kept.
type Token struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Hash      string    `json:"-"`
	Grants    []Grant   `json:"grants"`
	CreatedAt time.Time `json:"created_at"`
}

// Person gives the token's holder as who is asking.
func (t Token) Person() Person {
	return Person{ID: "token:" + t.ID, Name: t.Name, Grants: t.Grants, Token: true}
}

// Session is one browser that is signed in. Its cookie holds the secret; the record only its hash.
type Session struct {
	Hash      string
	User      string
	CSRF      string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

// Link is a one-time way in: it lets its user set a password once.
type Link struct {
	Hash      string
	User      string
	ExpiresAt time.Time
}

// linkAge is how long a one-time link works: over a weekend.
const linkAge = 72 * time.Hour

// NewLink makes a one-time way in for a user, and the secret that goes into its address.
func NewLink(user string, now time.Time) (l Link, secret string) {
	secret = NewSecret()
	return Link{Hash: HashSecret(secret), User: user, ExpiresAt: now.UTC().Add(linkAge)}, secret
}

// NewSecret makes 256 random bits in 43 letters, for links, sessions, tokens and devices.
func NewSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// HashSecret gives what is kept of a secret: its SHA-256, hex. Secrets are random, so no salt.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
