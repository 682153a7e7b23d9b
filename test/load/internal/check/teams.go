package check

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// roster reads one set of teams. It is the checker's own understanding of docs/decisions/0058, so that a
// slip in the product's is found.
type roster struct{ history.Teams }

// of returns the team in whose line a chat of that team is; false: it is in that of everybody.
func (r roster) of(id string) (history.Team, bool) {
	for range len(r.Gone) + 1 {
		if i := slices.IndexFunc(r.Teams.Teams, func(t history.Team) bool { return t.ID == id }); i >= 0 && id != "" {
			return r.Teams.Teams[i], true
		}
		id = r.Gone[id]
	}
	return history.Team{}, false
}

// called returns the team that a page calls so.
func (r roster) called(name string) (history.Team, bool) {
	if t, ok := r.of(name); ok {
		return t, true
	}
	i := slices.IndexFunc(r.Teams.Teams, func(t history.Team) bool { return strings.EqualFold(t.Name, strings.TrimSpace(name)) })
	if i < 0 {
		return history.Team{}, false
	}
	return r.Teams.Teams[i], true
}

// serves reports whether the account is in the team, or may ever stand in for it.
func (r roster) serves(team, user string) bool {
	t, ok := r.of(team)
	members := 0
	for range len(r.Teams.Teams) + 1 {
		if !ok {
			break
		}
		if slices.Contains(t.Members, user) {
			return true
		}
		members += len(t.Members)
		t, ok = r.of(t.Fallback)
	}
	return members == 0
}

// assigns reports whether the team's chats are assigned.
func (r roster) assigns(team string) bool {
	t, ok := r.of(team)
	return ok && t.Automatic
}

// rosters are the teams that a replica may go by at a moment: a change takes a while to reach one
// that was stopped, or cut off.
func (b *book) rosters(at time.Time) (all []roster) {
	for i, t := range b.opts.Teams {
		if t.From.After(at) {
			break
		}
		if i+1 == len(b.opts.Teams) || b.opts.Teams[i+1].Known.Add(b.opts.Grace).After(at) {
			all = append(all, roster{t})
		}
	}
	return all
}

func anyOf(all []roster, is func(roster) bool) bool { return slices.ContainsFunc(all, is) }

// teams checks to whom chats went, if there were teams.
func (b *book) teams() {
	if len(b.opts.Teams) == 0 {
		return
	}
	for _, c := range b.chats {
		b.routing(c)
		b.alongside(c)
	}
}

// routing reads a chat's log for the teams that the chat was for.
func (b *book) routing(c *chat) {
	s := life{book: b, chat: c}
	called, team, visit := "", "", uint64(0)
	for _, l := range c.lines {
		if !l.durable() {
			continue
		}
		if l.Kind == "message" || l.Kind == "ask" {
			called = cmp.Or(l.Team, called)
			continue
		}
		if l.Status == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339Nano, l.At)
		if err != nil {
			continue
		}
		if l.Visit > visit { // what it was about is over
			team = ""
		}
		all := b.rosters(at)
		if want, wrong := b.misrouted(c, l, all, team, called); wrong {
			s.report(Misrouted, l, "after the %s %d (%s) the chat is for the team %q instead of %s", l.Kind, l.Seq, l.Reason, l.Team, want)
		}
		switch {
		case l.Reason == "assigned" && l.Role == "system":
			b.counts.Assigned++
			s.givenAway(l, team, at, all)
		case l.Reason == "taken" && !anyOf(all, func(r roster) bool { return r.serves(team, l.User) }):
			s.report(OtherTeam, l, "%s took the chat at %d, and may not: it waited for the team %s", l.User, l.Seq, team)
		}
		team, visit = l.Team, max(visit, l.Visit)
	}
}

// misrouted reports whether the event leaves the chat with another team than it has to, and which
// that is.
func (b *book) misrouted(c *chat, l *line, all []roster, team, called string) (want string, wrong bool) {
	switch sent := c.origin(l); {
	case l.Reason == "escalated" || l.Reason == "bot_gave_up":
		return "that called " + called, !anyOf(all, func(r roster) bool {
			t, ok := r.called(called)
			return ok && t.ID == l.Team || !ok && team == l.Team
		})
	case l.Reason == "transferred" && sent != nil && sent.what == "pass_team":
		return sent.text, !anyOf(all, func(r roster) bool {
			t, ok := r.of(sent.text)
			return ok && t.ID == l.Team
		})
	}
	return team, l.Team != team
}

// givenAway checks an automatic assignment.
func (s *life) givenAway(l *line, team string, at time.Time, all []roster) {
	switch {
	case !anyOf(all, func(r roster) bool { return r.serves(team, l.Holder) }):
		s.report(OtherTeam, l, "%s was given the chat at %d, which is for the team %q", l.Holder, l.Seq, team)
	case !anyOf(all, func(r roster) bool { return r.assigns(team) }):
		s.report(OtherTeam, l, "%s was given the chat at %d, and the team %q takes its chats itself", l.Holder, l.Seq, team)
	case !anyOf(all, func(r roster) bool { t, ok := r.of(team); return !ok || slices.Contains(t.Members, l.Holder) }):
		s.counts.StoodIn++
		for _, r := range all[len(all)-1:] {
			t, _ := r.of(team)
			for _, user := range t.Members {
				if len(all) == 1 && s.duty.surely(user, at.Sub(s.began), s.opts.Harms) {
					s.report(StoodIn, l, "%s stood in for the team %s at %d, and %s was available", l.Holder, t.Name, l.Seq, user)
				}
			}
		}
	}
	for _, r := range all {
		if _, deleted := r.Gone[team]; deleted {
			s.counts.Moved++
			break
		}
	}
}

// alongside checks the notes that went along with chats that were passed on. That such a note
// stands there once is a rule of its own: Doubled.
func (b *book) alongside(c *chat) {
	for key := range c.calls {
		id, isNote := strings.CutSuffix(key.id, history.Along)
		if !isNote {
			continue
		}
		change, note := c.byID[[3]string{"agent", key.user, id}], c.byID[[3]string{"agent", key.user, key.id}]
		if change == nil || !change.durable() {
			continue
		}
		if note == nil || !note.durable() || note.Seq > change.Seq {
			(&life{book: b, chat: c}).report(Alongside, change, "%s passed the chat on at %d, and the note %s does not stand before it", key.user, change.Seq, key.id)
			continue
		}
		b.counts.Alongside++
	}
}
