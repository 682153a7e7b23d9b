package escalation

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/teams"
)

// available returns the function that tells which agents are available now: teams.Set.Serving.
func (w *Worker) available() func(user string) bool {
	there := map[string]bool{}
	for _, a := range w.mirror.Present() {
		there[a.User] = !a.Away
	}
	return func(user string) bool { return there[user] }
}

// assignable returns the waiting chats that are assigned, as opposed to those that members of
// their team take. The slice is not kept.
func (w *Worker) assignable(set teams.Set, waiting []desk.Entry) []desk.Entry {
	automatic := map[string]bool{}
	return slices.DeleteFunc(waiting, func(e desk.Entry) bool {
		is, known := automatic[e.Team]
		if !known {
			is = set.Automatic(e.Team, w.opts.AutoAssign)
			automatic[e.Team] = is
		}
		return !is
	})
}

// mayTake refuses an agent who takes a waiting chat out of the line of a team that is not
// theirs, and that somebody serves.
func (w *Worker) mayTake(s chat.State, user string) error {
	if s.Is() != chat.Waiting || s.Team() == "" {
		return nil
	}
	set := w.teams.Now().Set
	if set.Serving(s.Team(), w.available()).May(user) {
		return nil
	}
	team, _ := set.Of(s.Team())
	return &otherTeamError{team.Name}
}

// otherTeamError refuses an agent who is not in the team that a chat waits for.
type otherTeamError struct{ team string }

func (e *otherTeamError) Error() string {
	return "This chat waits for " + e.team + ". Only members of that team take it; you can still step in."
}

// unknownTeamsEvery keeps a page that names a team that is not there from filling the log.
const unknownTeamsEvery = 10 * time.Minute

// teamCalled returns the id of the team that a page, a visitor or the bot called so. A team
// that is not there is none: whoever asks for a person gets one.
func (w *Worker) teamCalled(id chat.ID, called string) string {
	if called == "" {
		return ""
	}
	if utf8.RuneCountInString(called) <= chat.MaxTeam {
		if t, ok := w.teams.Now().Find(called); ok {
			return t.ID
		}
	}
	w.unknownTeams.Line("team", w.log.Warn()).Str("chat", string(id)).Str("team", shortened(called)).Msg("a chat is for a team that is not there, so it waits in the line of everybody")
	return ""
}

// shortened is a name from outside, for the log.
func shortened(s string) string {
	if r := []rune(s); len(r) > chat.MaxTeam {
		return string(r[:chat.MaxTeam]) + "…"
	}
	return s
}
