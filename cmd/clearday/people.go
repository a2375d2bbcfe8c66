package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"clearday/cmd/clearday/program"
	"clearday/papers"
	"clearday/server/auth"
)

// user adds a person and prints a one-time link with which they choose their password. A known
// address gets the further role and a fresh link.
func user(ctx context.Context, e env, args []string) error {
	const usage = usageError("usage: clearday user add EMAIL --role ROLE [--board SLUG]... [--name NAME]")
	email, opts, err := parseAdd(args, usage)
	if err != nil {
		return err
	}
	if _, err := papers.Email(email); err != nil {
		return usageError(fmt.Sprintf("%q is not an e-mail address", email))
	}
	record, err := program.OpenRecord(ctx, e.cfg, e.now)
	if err != nil {
		return fmt.Errorf("opening the record: %w", err)
	}
	defer record.Close()
	grants, err := opts.grants(ctx, record)
	if err != nil {
		return err
	}
	u, err := record.AddUser(ctx, auth.User{ID: papers.NewID(), Name: opts.name, Email: email, CreatedAt: e.now().UTC(), Grants: grants})
	if err != nil {
		return fmt.Errorf("adding the user: %w", err)
	}
	link, err := newLink(ctx, e, record, u.ID, baseURL(e, nil))
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, link)
	return nil
}

// token adds an API token and prints it alone on standard output.
func token(ctx context.Context, e env, args []string) error {
	name, opts, err := parseAdd(args, "usage: clearday token add NAME --role ROLE [--board SLUG]...")
	if err != nil {
		return err
	}
	record, err := program.OpenRecord(ctx, e.cfg, e.now)
	if err != nil {
		return fmt.Errorf("opening the record: %w", err)
	}
	defer record.Close()
	grants, err := opts.grants(ctx, record)
	if err != nil {
		return err
	}
	secret := "cld_" + auth.NewSecret()
	t := auth.Token{ID: papers.NewID(), Name: name, Hash: auth.HashSecret(secret), Grants: grants, CreatedAt: e.now().UTC()}
	if err := record.AddToken(ctx, t); err != nil {
		return fmt.Errorf("adding the token: %w", err)
	}
	fmt.Fprintln(e.out, secret)
	return nil
}

type addOptions struct {
	role   auth.Role
	boards []string
	name   string
}

func parseAdd(args []string, usage usageError) (what string, o addOptions, err error) {
	if len(args) < 2 || args[0] != "add" || strings.HasPrefix(args[1], "-") {
		return "", o, usage
	}
	what, args = args[1], args[2:]
	for len(args) > 0 {
		flag, value, joined := strings.Cut(args[0], "=")
		args = args[1:]
		if !joined {
			if len(args) == 0 {
				return "", o, usage
			}
			value, args = args[0], args[1:]
		}
		switch flag {
		case "--role":
			o.role = auth.Role(value)
		case "--board":
			o.boards = append(o.boards, value)
		case "--name":
			o.name = value
		default:
			return "", o, usage
		}
	}
	if !slices.Contains(auth.Roles, o.role) {
		return "", o, usageError(fmt.Sprintf("--role must be one of %s", joinRoles()))
	}
	return what, o, nil
}

// grants checks that the boards exist. A role without a board is for every board.
func (o addOptions) grants(ctx context.Context, record papers.Store) ([]auth.Grant, error) {
	if len(o.boards) == 0 {
		return []auth.Grant{{Role: o.role, Board: papers.EveryBoard}}, nil
	}
	var list []auth.Grant
	for _, b := range o.boards {
		if _, err := record.Board(ctx, b); err != nil {
			return nil, fmt.Errorf("there is no board %q: %w", b, err)
		}
		list = append(list, auth.Grant{Role: o.role, Board: b})
	}
	return list, nil
}

func joinRoles() string {
	var s []string
	for _, r := range auth.Roles {
		s = append(s, string(r))
	}
	return strings.Join(s, ", ")
}
