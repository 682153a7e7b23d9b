package history

import "time"

// TeamsFile has what the teams of a run were.
const TeamsFile = "teams.jsonl"

// Along ends the id of the note that goes along with a chat which is passed on under the id before
// it, as docs/agent-protocol.md says.
const Along = "+note"

// Teams is what the teams were from one change to the next, as whoever made all the changes
// knows it: the times are those of the machine's clock, which the streams have, too.
type Teams struct {
	From  time.Time `json:"from"`  // no change to it was made before
	Known time.Time `json:"known"` // it was in force by then
	Teams []Team    `json:"teams"`
	// Gone says where the chats of a deleted team went: to the team with that id, or empty:
	// to everybody.
	Gone map[string]string `json:"gone,omitempty"`
}

// Team is one team.
type Team struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Members   []string `json:"members"`  // accounts
	Fallback  string   `json:"fallback"` // the id of a team
	Automatic bool     `json:"automatic"`
}
