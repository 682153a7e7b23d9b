package gateway

import (
	"slices"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/pkg/teams"
)

// offering returns the teams that visitors choose from, if the site has them choose, and the
// revision of all that. One that nobody is in is not offered.
func offering(site *teams.Site) func() ([]settings.Offered, uint64) {
	return func() ([]settings.Offered, uint64) {
		v := site.Now()
		if !v.Ask {
			return nil, v.Revision
		}
		var offered []settings.Offered
		for _, t := range v.Teams {
			if len(v.Active(t).Members) > 0 || t.Fallback != "" {
				offered = append(offered, settings.Offered{ID: t.ID, Name: t.Name})
			}
		}
		return offered, v.Revision
	}
}

// ofTeam leaves of a list the chats in the line of that team (chat.NoTeam: in that of everybody), as
// the store knows it; all of them without a team.
func ofTeam(set teams.Set, team string, all []roles.ChatSummary) []roles.ChatSummary {
	if team == "" {
		return all
	}
	line := ""
	if team != chat.NoTeam {
		line = team
	}
	return slices.DeleteFunc(all, func(c roles.ChatSummary) bool { return set.Line(c.Team) != line })
}

// pageTeam is what a page calls the team that it is for, if that may be a team's name: what
// else it says is left out, since a site's slip must not keep a visitor out.
func pageTeam(said string) string {
	if said == "" || len(said) > 4*chat.MaxTeam || chat.Clean(said) != said {
		return ""
	}
	return said
}

// forTeam has an event say which team it is for.
func forTeam(e *chat.Event, team string) {
	switch {
	case team == "":
	case e.Parts == nil:
		e.Parts = &chat.Parts{Team: team}
	default:
		e.Parts.Team = team
	}
}
