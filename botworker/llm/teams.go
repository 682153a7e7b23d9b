package llm

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
)

// Team is one of the teams that the model may name when it calls for a person.
type Team struct {
	Name  string
	About string // what its matter is, in a line; may be empty
}

// maxTeams is how many characters of a prompt the teams may take. Those that don't fit can't be
// chosen by the model.
const maxTeams = 4000

const teamRules = `
- When you call the tool, name the team whose matter it is, if one of these fits:`

// offer lists the teams in the rules, as far as they fit into the limit and into that many tokens.
// They are an admin's words, each on one line.
func (p *Prompt) offer(teams []Team, tokens int) {
	var list strings.Builder
	for _, t := range teams {
		line := "\n  - " + oneLine(t.Name)
		if t.About != "" {
			line += ": " + oneLine(t.About)
		}
		if size(list.String()+line) > maxTeams || tokensIn(teamRules+list.String()+line) > tokens {
			break
		}
		list.WriteString(line)
		p.Teams = append(p.Teams, oneLine(t.Name))
	}
	if len(p.Teams) == 0 {
		return
	}
	at := strings.LastIndex(p.System, "\n- Everything between")
	p.System = p.System[:at] + teamRules + list.String() + p.System[at:]
}

func oneLine(s string) string { return strings.Join(strings.Fields(fenced(s)), " ") }

// maxTeamName is how many characters are kept of what the model calls a team.
const maxTeamName = 200

// handoverTeam finds which team a call names, however broken it is.
func handoverTeam(call string) string {
	var arguments map[string]any
	if json.Unmarshal([]byte(call), &arguments) == nil {
		for _, key := range []string{"arguments", "parameters", "args", "input"} {
			switch inner := arguments[key].(type) {
			case map[string]any:
				arguments = inner
			case string: // JSON in JSON
				return handoverTeam(inner)
			}
		}
		text, _ := arguments["team"].(string)
		return teamName(text)
	}
	for _, form := range teamForms {
		if m := form.FindStringSubmatch(call); m != nil {
			text := m[1]
			var plain string
			if json.Unmarshal([]byte(`"`+text+`"`), &plain) == nil {
				text = plain
			}
			return teamName(html.UnescapeString(text))
		}
	}
	return ""
}

func teamName(s string) string { return clip(printable(strings.TrimSpace(s)), maxTeamName) }

// teamForms are how models write an argument: as JSON that is cut off or quoted once more, as
// Python, as XML, and without its name.
var teamForms = []*regexp.Regexp{
	regexp.MustCompile(`(?is)\bteam\\?["']?\s*[:=]\s*\\?["“]((?:[^"\\]|\\[^"])*)`),
	regexp.MustCompile(`(?is)\bteam["']?\s*[:=]\s*'((?:[^'\\]|\\.)*)`),
	regexp.MustCompile(`(?is)<parameter[= ](?:name=)?"?team"?>\s*(.*?)\s*</parameter>`),
	regexp.MustCompile(`(?is)<arg_key>\s*team\s*</arg_key>\s*<arg_value>\s*(.*?)\s*</arg_value>`),
	regexp.MustCompile(`(?is)hand\\?_over\\?_to\\?_person\(\s*["']([^"'\n]{1,200})["']\s*\)`),
}
