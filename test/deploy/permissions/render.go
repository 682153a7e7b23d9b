package permissions

import (
	"fmt"
	"slices"
	"strings"
)

// Accounts returns accounts.conf for a number of chat streams.
func Accounts(streams int) string {
	var b strings.Builder
	p := func(format string, v ...any) { fmt.Fprintf(&b, format+"\n", v...) }
	p("# Made for %d chat streams from test/deploy/permissions; docs/nats-permissions.md explains it.", streams)
	p("# Change it there, then: cd test/deploy && go run ./cmd/permissions -streams %d", streams)
	p("accounts {")
	p("  PARLEY {")
	p("    jetstream: enabled")
	p("    users: [")
	for _, u := range Users {
		p("      {")
		p("        user: %s, password: $%s", u.Name, PasswordKey(u.Name))
		p("        permissions {")
		p("          publish: [")
		list(p, Expand(u.Publish, streams))
		p("          ]")
		p("          subscribe: [")
		list(p, Expand(u.Subscribe, streams))
		p("          ]")
		if u.Answers {
			p("          allow_responses: { max: 1, expires: \"3m\" }")
		}
		p("        }")
		p("      }")
	}
	p("    ]")
	p("  }")
	p("  # What the servers say of themselves; `nats server report` asks here.")
	p("  SYS { users: [ { user: system, password: $%s } ] }", PasswordKey("system"))
	p("}")
	p("system_account: SYS")
	return b.String()
}

func list(p func(string, ...any), subjects []string) {
	slices.Sort(subjects)
	for _, s := range slices.Compact(subjects) {
		p("            %q", s)
	}
}

// PasswordKey is the name under which a user's password is kept.
func PasswordKey(user string) string { return strings.ToUpper(user) + "_PASSWORD" }

// The marks between which the tables stand in docs/nats-permissions.md.
const (
	Begin = "<!-- made by test/deploy/cmd/permissions -->"
	End   = "<!-- end of what is made -->"
)

// Tables returns the page's tables: what each user may, and what each is refused.
func Tables() string {
	var b strings.Builder
	p := func(format string, v ...any) { fmt.Fprintf(&b, format+"\n", v...) }
	for _, u := range Users {
		p("\n### `%s`: %s\n", u.Name, u.Is)
		p("| may | subjects | for |\n|---|---|---|")
		for _, l := range u.Publish {
			p("| publish | %s | %s |", code(l.Subjects), l.Why)
		}
		for _, l := range u.Subscribe {
			p("| subscribe | %s | %s |", code(l.Subjects), l.Why)
		}
		if u.Answers {
			p("| answer | once, within three minutes, to whoever sent it something | calls |")
		}
		if refused := refusalsOf(u.Name); len(refused) > 0 {
			p("\nRefused, each tried by the test:\n")
			for _, r := range refused {
				p("- %s: %s `%s`", r.Act, r.Verb, r.Subject)
			}
		}
	}
	return b.String()
}

func code(subjects []string) string {
	marked := make([]string, len(subjects))
	for i, s := range subjects {
		marked[i] = "`" + strings.ReplaceAll(strings.ReplaceAll(s, "CHAT+", "CHAT_<i>"), ".CHAT", ".CHAT_<i>") + "`"
	}
	return strings.ReplaceAll(strings.Join(marked, "<br>"), "CHAT_<i>_<i>", "CHAT_<i>")
}

func refusalsOf(user string) (list []Refusal) {
	for _, r := range Refusals {
		if r.User == user {
			list = append(list, r)
		}
	}
	return list
}
