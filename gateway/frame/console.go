package frame

import (
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/mentions"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/teams"
)

// Person is an agent, as consoles read it.
type Person struct {
	User string `json:"user"`
	Name string `json:"name"`
	Role string `json:"role,omitempty"`
	Away bool   `json:"away,omitempty"` // is given no chats
}

// AgentWelcome is the first frame that a console is sent.
type AgentWelcome struct {
	T      string       `json:"t"`
	Agent  Person       `json:"agent"`
	Desk   []desk.Entry `json:"desk"`
	Online []Person     `json:"online"`
	// Away are the regions that can't be reached, see Regions.
	Away []chat.Region `json:"away,omitempty"`
	// Teams is as in Teams; absent: there are none.
	Teams []Team            `json:"teams,omitempty"`
	Into  map[string]string `json:"into,omitempty"`
	// Files says what may be sent; nil: no files are sent here.
	Files *FileRules `json:"files,omitempty"`
}

// Team is a team, as consoles read it.
type Team struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Members []string `json:"members"` // account names
}

// Teams tells consoles which teams there are, by name, and into which of them (empty: into the
// line of everybody) the chats went of those that were deleted.
type Teams struct {
	T     string            `json:"t"`
	Teams []Team            `json:"teams"`
	Into  map[string]string `json:"into,omitempty"`
}

// TeamsOf is a set of teams as consoles read it.
func TeamsOf(set teams.Set) Teams {
	f := Teams{T: "teams", Teams: make([]Team, 0, len(set.Teams))}
	for _, t := range set.Teams {
		f.Teams = append(f.Teams, Team{t.ID, t.Name, append([]string{}, set.Active(t).Members...)})
	}
	for _, g := range set.Gone {
		if f.Into == nil {
			f.Into = map[string]string{}
		}
		f.Into[g.ID] = set.Line(g.ID)
	}
	return f
}

// You tells a console that its agent's name or role has changed: what it offers changes with it.
type You struct {
	T     string `json:"t"`
	Agent Person `json:"agent"`
}

// EntryOf is a desk entry as consoles read it: of its source, the label.
func EntryOf(e desk.Entry) desk.Entry {
	e.Source = e.Label()
	return e
}

// Together says how many chats were closed together, and how many are left because there
// are more than one frame closes.
type Together struct {
	T      string `json:"t"`
	ID     string `json:"id"`
	Closed int    `json:"closed"`
	Left   int    `json:"left,omitempty"`
}

// Desk says what changed on the desk: an entry is new or changed, or a chat left it.
type Desk struct {
	T    string      `json:"t"`
	Set  *desk.Entry `json:"set,omitempty"`
	Gone chat.ID     `json:"gone,omitempty"`
}

// Online lists the agents with an open console.
type Online struct {
	T      string   `json:"t"`
	Agents []Person `json:"agents"`
}

// Mention is a note that mentions an agent who has not seen it yet.
type Mention = mentions.Mention

// Mentions tells consoles in which chats their agent was mentioned, the oldest first.
type Mentions struct {
	T        string    `json:"t"`
	Mentions []Mention `json:"mentions"`
}

// Regions tells consoles which other regions can't be reached now: what the desk shows of
// their chats is as it was.
type Regions struct {
	T    string        `json:"t"`
	Away []chat.Region `json:"away"`
}

// Ran answers a macro of which something was done.
type Ran struct {
	T   string `json:"t"`
	ID  string `json:"id"`
	Seq uint64 `json:"seq,omitempty"` // of the last event that it became
	// Refused says what was done and what was not, if that was not all.
	Refused string `json:"refused,omitempty"`
}

// Draft is what the agent has typed in a chat and not sent, as it is kept.
type Draft struct {
	T        string    `json:"t"`
	ID       string    `json:"id"`
	Chat     chat.ID   `json:"chat"`
	Text     string    `json:"text,omitempty"`
	Internal bool      `json:"internal,omitempty"` // for agents only
	At       time.Time `json:"at,omitzero"`
	Edition  uint64    `json:"edition,omitempty"` // 0: there never was one
	// Other says that this is of another device, and what the frame had was not kept.
	Other bool `json:"other,omitempty"`
}

// Macros tells consoles that there is something new in what GET /api/macros answers.
type Macros struct {
	T string `json:"t"`
}

// Opened answers a console that opens a chat.
type Opened struct {
	T      string      `json:"t"`
	ID     string      `json:"id"`
	Chat   chat.ID     `json:"chat"`
	Name   string      `json:"name"`
	Status chat.Status `json:"status"`
	Agent  *chat.Agent `json:"agent,omitempty"`
	// Email is the address that the visitor left last; Missed says that nobody has dealt
	// with it.
	Email  string `json:"email,omitempty"`
	Missed bool   `json:"missed,omitempty"`
	Seq    uint64 `json:"seq"`
	More   bool   `json:"more"`
	Read   uint64 `json:"read,omitempty"` // how far the visitor has read
	// Called is Name if the visitor gave it in the chat: then events under another name
	// are of a gateway that had not heard of it.
	Called string `json:"called,omitempty"`
	// Card is what is written on the chat; nil: that isn't known now.
	Card *chat.Card `json:"card,omitempty"`
	// About is what is known of the visitor, if anything is.
	About *Known `json:"about,omitempty"`
}

// Chats answers a console that asks for the list of all chats.
type Chats struct {
	T     string    `json:"t"`
	ID    string    `json:"id"`
	Chats []ChatRow `json:"chats"`
	More  bool      `json:"more"`
	// Before is where the next part begins, if there is one. The last of Chats may be before
	// others that the agent may not read.
	Before time.Time `json:"before,omitzero"`
}

// ChatRow is a chat in the list of all.
type ChatRow struct {
	roles.ChatSummary
	Site string `json:"site,omitempty"` // the host of the page that has the chat in it
}
