package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"clearday/papers"
	"clearday/papers/notice"
	"clearday/server/auth"
	"clearday/server/page"
)

// fourClocks are the clocks of a board in the order of its form.
var fourClocks = []papers.Clock{papers.ClockNotice, papers.ClockAgenda, papers.ClockReports, papers.ClockTarget}

// deskRulesShow answers GET /desk/boards/:slug/notice: the rules by which a board counts its notice.
func (s *Server) deskRulesShow(c *call) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	return s.rulesPage(c, fiber.StatusOK, b, rulesForm(profileOf(b)))
}

func (s *Server) rulesPage(c *call, status int, b papers.Board, f page.Form) error {
	base, err := c.base("Notice of the "+b.Name, "desk")
	if err != nil {
		return err
	}
	p := page.DeskRules{Base: base, Board: b, Flash: deskFlash[base.Saved], Form: f, Profiles: notice.Profiles(), Adapted: b.NoticeRules != ""}
	profile := profileOf(b)
	for _, clock := range fourClocks {
		p.Clocks = append(p.Clocks, page.DeskRule{Clock: string(clock), Rule: clockRule(profile, clock)})
	}
	p.Further, p.Division = profile.Further, profile.Division
	p.First, p.Last = s.holidays().Reach(profile.Division)
	return c.render(status, p)
}

func rulesForm(p notice.Profile) page.Form {
	f := page.Form{Values: map[string]string{"profile": p.ID, "cut_off": p.CutOff, "extra": strings.Join(p.ExtraNonCounting, ", "), "division": p.Division}}
	for _, clock := range fourClocks {
		r := clockRule(p, clock)
		f.Values[string(clock)+"_days"], f.Values[string(clock)+"_mode"], f.Values[string(clock)+"_source"] = strconv.Itoa(r.Days), string(r.Mode), r.Source
	}
	return f
}

// deskRulesChange answers POST /desk/boards/:slug/notice: another kind of body with the rules of its law,
// or the rules of the one that it is, adapted.
func (s *Server) deskRulesChange(c *call) error {
	b, err := s.Record.Board(c.ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	names := []string{"profile", "cut_off", "extra", "division"}
	for _, clock := range fourClocks {
		names = append(names, string(clock)+"_days", string(clock)+"_mode", string(clock)+"_source")
	}
	f := c.typed(names...)
	shipped, known := notice.ProfileByID(f.Value("profile"))
	switch {
	case !known:
		f.At, f.Error = "profile", "Choose the kind of body from the list."
		return s.rulesPage(c, fiber.StatusUnprocessableEntity, b, f)
	case f.Value("profile") != profileOf(b).ID || c.formField("act") == "reset":
		b.NoticeProfile, b.NoticeRules = shipped.ID, ""
	default:
		own, err := adapt(shipped, &f)
		if mendable(&f, err) {
			return s.rulesPage(c, fiber.StatusUnprocessableEntity, b, f)
		}
		rules, err := json.Marshal(own)
		if err != nil {
			return fmt.Errorf("writing the rules of a board: %w", err)
		}
		b.NoticeRules = string(rules)
	}
	act := papers.Act{Kind: papers.ActBoardChanged, Subject: "boards/" + b.Slug, Board: b.Slug, Facts: ruleFacts(profileOf(b))}
	if err := s.Record.ChangeBoard(c.ctx, b, papers.Change{By: c.actor(auth.Publish), Acts: []papers.Act{act}}); err != nil {
		return err
	}
	return c.see("/desk/boards/" + b.Slug + "/notice?saved=rules")
}

func ruleFacts(p notice.Profile) map[string]string {
	facts := map[string]string{"notice_profile": p.ID, "cut_off": p.CutOff}
	for _, clock := range fourClocks {
		r := clockRule(p, clock)
		facts[string(clock)] = fmt.Sprintf("%d %s", r.Days, r.Mode)
	}
	return facts
}

// adapt reads what a board changed of the rules of its kind of body. It may promise more than the law
// asks, not less; where there is no law it may promise what it likes.
func adapt(shipped notice.Profile, f *page.Form) (notice.Profile, error) {
	own := shipped
	for _, x := range []struct {
		clock papers.Clock
		rule  *notice.Rule
	}{{papers.ClockNotice, &own.MeetingNotice}, {papers.ClockAgenda, &own.Agenda}, {papers.ClockReports, &own.Reports}, {papers.ClockTarget, &own.Target}} {
		law, name := *x.rule, string(x.clock)
		f.At = name + "_days"
		days, err := strconv.Atoi(f.Value(name + "_days"))
		if err != nil || days < 1 || days > 365 {
			return own, papers.Errorf(papers.CodeInvalid, "Give the clear days as a number from 1 to 365.")
		}
		x.rule.Days, x.rule.Mode = days, notice.Mode(f.Value(name+"_mode"))
		if !shipped.Voluntary && x.clock != papers.ClockTarget && x.rule.Mode == law.Mode && days < law.Days {
			return own, papers.Errorf(papers.CodeInvalid, "%s: the rule asks for %d clear days (%s). A board can give more, not less.", law.Name, law.Days, law.Source)
		}
		f.At = name + "_source"
		if x.rule.Source, err = papers.Line("rule that it rests on", f.Value(name+"_source"), 200, true); err != nil {
			return own, err
		}
	}
	own.CutOff, own.Division, own.ExtraNonCounting = f.Value("cut_off"), f.Value("division"), nil
	for _, day := range strings.FieldsFunc(f.Value("extra"), func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		if !slices.Contains(own.ExtraNonCounting, day) {
			own.ExtraNonCounting = append(own.ExtraNonCounting, day)
		}
	}
	if len(own.ExtraNonCounting) > 40 {
		f.At = "extra"
		return own, papers.Errorf(papers.CodeInvalid, "Give at most 40 days that do not count.")
	}
	err := own.Check()
	f.At = about(err, "extra day", "extra", "cut-off", "cut_off", "division", "division", "own target", "target_days", "", "notice_mode")
	if err != nil {
		return own, papers.Errorf(papers.CodeInvalid, "%s", map[string]string{
			"extra":       "Give each day that does not count as month and day, like 12-24, or easter-saturday.",
			"cut_off":     "Give the hour as 17:00, or nothing.",
			"division":    "Choose whose bank holidays count.",
			"target_days": "The board’s own target cannot be less than what the reports need.",
			"notice_mode": "Choose from the list how each clock counts.",
		}[f.At])
	}
	f.At = ""
	return own, nil
}
