package bus

// Ratings are the visits whose rating one replica counted since it started: those in which a
// person had the chat, and those with the bot alone.
type Ratings struct {
	Agent Rated `json:"agent"`
	Bot   Rated `json:"bot"`
}

// Rated is how many visits were rated, and the points of all of them together: 1 to 5 each.
type Rated struct {
	Visits int64 `json:"visits"`
	Points int64 `json:"points"`
}
