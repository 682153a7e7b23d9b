package check

// The names of the rules.
const (
	Lost      = "lost"
	Misplaced = "misplaced"
	Altered   = "altered"
	Elsewhere = "elsewhere"
	Doubled   = "doubled"
	FileLost  = "file-lost"
	FileShown = "file-shown"
	FileLeft  = "file-left"

	Overwritten = "overwritten"
	Unexplained = "unexplained"

	Unsent  = "unsent"
	Unasked = "unasked"

	Differs    = "differs"
	Repeated   = "repeated"
	Disordered = "disordered"
	Gap        = "gap"
	Prev       = "prev"
	Reordered  = "reordered"
	More       = "more"
	Unseen     = "unseen"

	Stale     = "stale"
	PageStale = "page-stale"
	PageHole  = "page-hole"

	AnsweredTwice = "answered-twice"
	CoversNothing = "covers-nothing"
	ThroughFalls  = "through-falls"
	ThroughAhead  = "through-ahead"
	Unanswered    = "unanswered"
	Undecided     = "undecided"
	DecidedTwice  = "decided-twice"
	Forgotten     = "forgotten"
	Misnamed      = "misnamed"
	Overslept     = "overslept"
	Mentioned     = "mentioned"
	SaidOver      = "said-over"
	Misrated      = "misrated"

	ReplyOutOfTurn = "reply-out-of-turn"
	ForeignSay     = "foreign-say"
	TakenTwice     = "taken-twice"
	OverCapacity   = "over-capacity"
	OtherTeam      = "other-team"
	StoodIn        = "stood-in"
	Misrouted      = "misrouted"
	Alongside      = "alongside"
	Transition     = "transition"
	WokenAgain     = "woken-again"
	StatusAfter    = "status-after"
	Miscounted     = "miscounted"
	NoteShown      = "note-shown"
	UserShown      = "user-shown"
	Vouched        = "vouched"

	StoreLacks  = "store-lacks"
	StreamLacks = "stream-lacks"
	ListedTwice = "listed-twice"

	Unaudited = "unaudited"
	Unchained = "unchained"
)

// Rule is one thing that must hold.
type Rule struct {
	Name    string
	Promise int    // the number in docs/architecture.md
	Says    string // what is true if the rule is kept
}

// Rules lists all rules, by promise.
func Rules() []Rule {
	return []Rule{
		{Lost, 1, "what was acknowledged, or shown to anybody, is in the stream or the store"},
		{Misplaced, 1, "an acknowledgement names the sequence at which the event stands"},
		{Altered, 1, "what a client sent is stored as it was sent, but for leftovers that can't be seen"},
		{Elsewhere, 1, "what belongs to a chat stands in the stream and the store of its home, and nowhere else"},
		{FileLost, 1, "each file of a stored message can be fetched, byte for byte, when all has come to rest"},
		{FileShown, 5, "a file is given to nobody without a right to it"},
		{FileLeft, 6, "no file of a stored message is left in NATS"},
		{Doubled, 2, "one client id stands at one sequence"},
		{Overwritten, 2, "a change of a card begins with what the one before it left"},
		{Unexplained, 2, "a chat that goes from the bot to people has one note of why, before it goes, with what the visitor asked last"},
		{Unsent, 2, "nothing is in a visitor's or an agent's name that no client sent"},
		{Unasked, 2, "what a client is answered or told, it asked for"},

		{Differs, 3, "the stream, the store and every viewer agree what an event is"},
		{Repeated, 3, "a viewer is told each event once"},
		{Disordered, 3, "a viewer is told events in the order of their sequences"},
		{Gap, 3, "no event that a viewer may see is missing between two that it saw"},
		{Prev, 3, "an event names the one before it in what its viewer may see"},
		{Reordered, 3, "a client's messages stand in the order in which they were first sent"},
		{More, 3, "\"more\" tells whether events stand before those that are shown"},
		{Unseen, 3, "who ends in peace has seen what was acknowledged"},
		{Stale, 3, "a view begins with everything that was acknowledged before it was asked for"},

		{AnsweredTwice, 4, "no message has two replies"},
		{CoversNothing, 4, "a reply covers a message that was not covered"},
		{ThroughFalls, 4, "what is dealt with stays so"},
		{ThroughAhead, 4, "nothing is dealt with that was not said yet"},
		{Unanswered, 4, "every message to the bot is covered by a reply"},
		{Undecided, 4, "every request is decided"},
		{DecidedTwice, 4, "no request for a person is decided twice"},
		{Forgotten, 4, "who left an address is missed until an agent says something, or marks it as dealt with"},
		{Misnamed, 4, "who gave a name in the chat is called so until they give another"},

		{Overslept, 4, "a chat that was snoozed wakes when its visitor writes, and at its time"},
		{Mentioned, 4, "who is mentioned in a note is told, and nobody else, and of each chat once at a time"},
		{SaidOver, 4, "an agent who says what they had seen says nothing over two messages that they had not"},
		{Misrated, 4, "a rating stands in the visit that it was given for"},
		{ReplyOutOfTurn, 5, "the bot is silent while a person is waited for, or speaks"},
		{ForeignSay, 5, "only the agent who has the chat speaks in it"},
		{TakenTwice, 5, "a chat has one agent"},
		{OverCapacity, 5, "an agent has no more chats at once than they may have"},
		{OtherTeam, 5, "who is given a chat is of its team or of one that may stand in for it, and only a team that wants it is given chats"},
		{StoodIn, 5, "nobody stands in for a team while one of it is available"},
		{Misrouted, 5, "a chat is for the team that it was asked or passed on for, until its visit ends"},
		{Alongside, 5, "the note that goes along with a chat stands before it"},
		{Transition, 5, "a chat changes as the table of its life allows"},
		{WokenAgain, 5, "a chat wakes once for each time it was snoozed, and not before there is a reason"},
		{StatusAfter, 5, "an event tells the state that comes of it"},
		{Miscounted, 5, "a chat's visit is raised by one when it opens again, and by nothing else"},
		{NoteShown, 5, "visitors are not shown notes, and nobody an unknown kind"},
		{UserShown, 5, "visitors are not shown account names"},
		{Vouched, 5, "what a card marks as signed is what a token of its visitor says, and only the site changes it"},

		{PageStale, 6, "a page holds what was acknowledged before it was asked for"},
		{PageHole, 6, "a page is a piece of the chat without a hole"},
		{StoreLacks, 6, "the store holds everything that the stream holds"},
		{StreamLacks, 6, "the stream holds everything that was not purged from it"},
		{ListedTwice, 6, "the stream and the store hold each event once"},
		{Unaudited, 6, "no agent is shown a chat without a line of the audit log"},
		{Unchained, 6, "the audit log is one unbroken chain"},
	}
}
