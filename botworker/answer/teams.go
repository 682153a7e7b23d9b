package answer

import (
	"slices"
	"strings"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/pkg/chat"
)

// routed says which team a person is asked of, if the answer calls one or offers one: the team
// that the model named, or one of whose words the visitor uses, or that of the page which the
// question matches best. A name that is no team's is passed over: whoever needs a person gets one.
func (q Question) routed(ix *knowledge.Index, a Answer, named string) Answer {
	if q.Teams == nil || len(q.Teams.Teams) == 0 {
		return a
	}
	offered := -1
	if a.Parts != nil {
		offered = slices.IndexFunc(a.Parts.Choices, func(c chat.Choice) bool { return c.Do == chat.DoEscalate })
	}
	if !a.Handover && offered < 0 {
		return a
	}
	id := q.team(ix, named)
	switch {
	case id == "":
	case a.Handover:
		a.Team = id
	default: // the parts may be shared by many answers
		parts := *a.Parts
		parts.Choices = slices.Clone(parts.Choices)
		parts.Choices[offered].Team = id
		a.Parts = &parts
	}
	return a
}

// team returns the id of the team whose matter the question is, or "".
func (q Question) team(ix *knowledge.Index, named string) string {
	if t, ok := q.Teams.Find(named); ok {
		return t.ID
	}
	texts := q.texts()
	if t, ok := q.Teams.Named(strings.Join(texts, "\n")); ok {
		return t.ID
	}
	asked, _ := sorted(texts)
	if len(asked) == 0 { // "a person, please": what it is about was asked before
		before := q.askedBefore()
		if before == "" {
			return ""
		}
		if t, ok := q.Teams.Named(before); ok {
			return t.ID
		}
		asked = []string{before}
	}
	best := ix.Search(strings.Join(asked, "\n"), 1)
	if len(best) == 0 || best[0].Confidence < near {
		return ""
	}
	t, _ := q.Teams.Find(best[0].Team)
	return t.ID
}

// teamsFor are the teams as the model reads them: those with a line about them first, since
// there are bounds to how many it reads.
func (q Question) teamsFor() []llm.Team {
	if q.Teams == nil {
		return nil
	}
	var list []llm.Team
	for _, described := range []bool{true, false} {
		for _, t := range q.Teams.Teams {
			if (t.About != "") == described {
				list = append(list, llm.Team{Name: t.Name, About: t.About})
			}
		}
	}
	return list
}
