package admission

import (
	"time"

	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
)

// Holder says whose share a row bounds.
type Holder string

// The holders, from the narrowest to the widest. An address is an IPv4 address or an
// IPv6 /64 network (see limit.Block). Where a share of an address has a span, the
// networks above it have a multiple of it: see limit.Networks.
const (
	OfConnection Holder = "a connection"
	OfChat       Holder = "a chat"
	OfAddress    Holder = "an address"
	OfAccount    Holder = "an agent's account"
	OfName       Holder = "a user name"
	OfBrowser    Holder = "a browser that signed in before"
	OfAll        Holder = "all together"
)

// Span is the time in which a share may be used up. What was used comes back evenly
// over that time.
type Span time.Duration

// The spans. AtOnce is none: the share is what may be held at one moment.
const (
	AtOnce    Span = 0
	PerSecond Span = Span(time.Second)
	PerMinute Span = Span(time.Minute)
	PerHour   Span = Span(time.Hour)
	PerDay    Span = Span(24 * time.Hour)
)

// burst is the part of a share that may be used at once: what an hour brings is wanted
// in many pieces, but what a day brings may be used within its busy hours.
func (s Span) burst() float64 {
	switch s {
	case PerSecond:
		return 4
	case PerHour:
		return 1. / 4
	}
	return 1
}

// String returns the span as docs/fair-share.md writes it.
func (s Span) String() string {
	switch s {
	case PerSecond:
		return "a second"
	case PerMinute:
		return "a minute"
	case PerHour:
		return "an hour"
	case PerDay:
		return "a day"
	}
	return "at once"
}

// Share is one bound on what one holder gets of what all have: a row of the table that
// docs/fair-share.md shows.
type Share struct {
	// Name is what metrics and logs call it.
	Name string
	// What is counted, in the plural.
	What string
	Of   Holder
	// Amount is how much by default, and Per the time in which it may be used up.
	Amount int64
	Per    Span
	// Setting, if there is one, changes Amount, which is Times its value (0: once), or
	// one Part-th of it.
	Setting     string
	Times, Part int64
	// Code and Sentence are the refusal's; "%s" stands for when to try again. If both are
	// empty, nobody is refused: Beyond says what happens.
	Code, Sentence string
	Beyond         string

	kind kind
}

// kind is what a budget counts, see budgets.
type kind int

const (
	uncounted kind = iota // the row has a mechanism of its own
	frames
	messages
	requests
	calls // requests for a person: each one granted costs a place, timers and an entry of the desk
	textBytes
	readBytes
	leaves    // e-mail addresses left for later: each one is an entry of the desk until it is dealt with
	claims    // bytes of the attributes that pages claim of their visitors: they are told to agents and kept
	fileBytes // of files that are sent
	fileReads // bytes of files that are read
)

// quotesPages is what the bot does beyond a ceiling of the model's: see botworker/meter.
const quotesPages = "until midnight UTC the bot quotes its pages and offers a person"

// Shares is the table of what one holder may have of what all share, from the outside
// in: connections, frames, what is stored, what is read, what is thought about, and
// persons. A mechanism that bounds a share takes its sentence from here or from a
// constant that this table names.
var Shares = []Share{
	{Name: "pending-address", What: "connections that are not WebSockets", Of: OfAddress, Amount: maxPending / addressShare, Per: AtOnce, Beyond: "the address's connection that has been idle longest is closed; if none is idle, the new one"},
	{Name: "pending", What: "connections that are not WebSockets", Of: OfAll, Amount: maxPending, Per: AtOnce, Beyond: "an idle connection of the network that holds the most is closed; if there is none, the new one"},
	{Name: "pending-fair", What: "connections with a request, guaranteed", Of: OfAddress, Amount: maxPending / fairShare, Per: AtOnce, Beyond: "when all are taken, the address's other connections can be closed for newcomers"},
	{Name: "seats-address", What: "WebSockets of visitors", Of: OfAddress, Amount: defaultConnections / addressShare, Per: AtOnce, Setting: "MAX_CONNECTIONS", Part: addressShare, Code: codes.RateLimited, Sentence: addressFull},
	{Name: "seats", What: "WebSockets of visitors", Of: OfAll, Amount: defaultConnections, Per: AtOnce, Setting: "MAX_CONNECTIONS", Code: codes.Unavailable, Sentence: allFull},
	{Name: "seats-fair", What: "WebSockets of visitors who write, wait or talk, guaranteed", Of: OfAddress, Amount: defaultConnections / fairShare, Per: AtOnce, Setting: "MAX_CONNECTIONS", Part: fairShare, Beyond: "when all are taken, the address's other WebSockets can be closed (4503) for newcomers"},
	{Name: "consoles-account", What: "WebSockets of agents", Of: OfAccount, Amount: maxAccountConsoles, Per: AtOnce, Code: codes.RateLimited, Sentence: tooManyConsoles},
	{Name: "consoles", What: "WebSockets of agents", Of: OfAll, Amount: maxConsoles, Per: AtOnce, Code: codes.Unavailable, Sentence: consolesFull},
	{Name: "shown-console", What: "chats in view", Of: OfConnection, Amount: maxShown, Per: AtOnce, Code: codes.RateLimited, Sentence: tooManyShown},

	{Name: "frames-connection", What: "frames", Of: OfConnection, Amount: 5, Per: PerSecond, Setting: "RATE_PER_CONNECTION", kind: frames, Code: codes.RateLimited, Sentence: codes.Sentence(codes.RateLimited)},
	{Name: "frames-account", What: "frames", Of: OfAccount, Amount: 50, Per: PerSecond, Setting: "RATE_PER_ADDRESS", kind: frames, Code: codes.RateLimited, Sentence: codes.Sentence(codes.RateLimited)},
	{Name: "frames-address", What: "frames of visitors, and new connections", Of: OfAddress, Amount: 50, Per: PerSecond, Setting: "RATE_PER_ADDRESS", kind: frames, Code: codes.RateLimited, Sentence: codes.Sentence(codes.RateLimited)},

	{Name: "sign-ins-address", What: "sign-in attempts", Of: OfAddress, Amount: signInsAddress, Per: PerMinute, Code: codes.RateLimited, Sentence: TooManySignIns},
	{Name: "sign-ins-name", What: "sign-in attempts from unknown browsers", Of: OfName, Amount: signInsName, Per: PerMinute, Code: codes.RateLimited, Sentence: TooManySignInsOfName},
	{Name: "sign-ins-browser", What: "sign-in attempts", Of: OfBrowser, Amount: signInsBrowser, Per: PerMinute, Code: codes.RateLimited, Sentence: TooManySignIns},

	{Name: "invites-address", What: "tries of invite links", Of: OfAddress, Amount: invitesAddress, Per: PerMinute, Code: codes.RateLimited, Sentence: TooManyInvites},
	{Name: "requests-account", What: "requests to the HTTP interface", Of: OfAccount, Amount: requestsAccount, Per: PerMinute, Code: codes.RateLimited, Sentence: TooManyRequests},
	{Name: "team-address", What: "looks at who is online", Of: OfAddress, Amount: teamAddress, Per: PerMinute, Code: codes.RateLimited, Sentence: TooManyLooks},

	{Name: "appends", What: "messages being stored", Of: OfAll, Amount: maxAppends, Per: AtOnce, Code: codes.Unavailable, Sentence: tooBusy},

	{Name: "messages-chat", What: "messages", Of: OfChat, Amount: 600, Per: PerHour, Setting: "MESSAGES_PER_CHAT", kind: messages, Code: codes.RateLimited, Sentence: chatMessages},
	{Name: "messages-chat-day", What: "messages", Of: OfChat, Amount: 4 * 600, Per: PerDay, Setting: "MESSAGES_PER_CHAT", Times: 4, kind: messages, Code: codes.RateLimited, Sentence: chatMessagesDay},
	{Name: "requests-chat", What: "requests", Of: OfChat, Amount: 600, Per: PerHour, Setting: "MESSAGES_PER_CHAT", kind: requests, Code: codes.RateLimited, Sentence: chatRequests},
	{Name: "calls-chat", What: "requests for a person", Of: OfChat, Amount: 60, Per: PerHour, Setting: "MESSAGES_PER_CHAT", Part: 10, kind: calls, Code: codes.RateLimited, Sentence: chatCalls},
	{Name: "emails-chat", What: "email addresses left", Of: OfChat, Amount: 20, Per: PerHour, Setting: "MESSAGES_PER_CHAT", Part: 30, kind: leaves, Code: codes.RateLimited, Sentence: chatLeaves},
	{Name: "bytes-chat", What: "bytes of text", Of: OfChat, Amount: 2e6, Per: PerHour, Setting: "BYTES_PER_CHAT", kind: textBytes, Code: codes.RateLimited, Sentence: chatBytes},
	{Name: "bytes-chat-day", What: "bytes of text", Of: OfChat, Amount: 4 * 2e6, Per: PerDay, Setting: "BYTES_PER_CHAT", Times: 4, kind: textBytes, Code: codes.RateLimited, Sentence: chatBytesDay},
	{Name: "messages-address", What: "messages", Of: OfAddress, Amount: 30_000, Per: PerHour, Setting: "MESSAGES_PER_ADDRESS", kind: messages, Code: codes.RateLimited, Sentence: addressMessages},
	{Name: "messages-address-day", What: "messages", Of: OfAddress, Amount: 8 * 30_000, Per: PerDay, Setting: "MESSAGES_PER_ADDRESS", Times: 8, kind: messages, Code: codes.RateLimited, Sentence: addressMessagesDay},
	{Name: "requests-address", What: "requests", Of: OfAddress, Amount: 30_000, Per: PerHour, Setting: "MESSAGES_PER_ADDRESS", kind: requests, Code: codes.RateLimited, Sentence: addressRequests},
	{Name: "calls-address", What: "requests for a person", Of: OfAddress, Amount: 3000, Per: PerHour, Setting: "MESSAGES_PER_ADDRESS", Part: 10, kind: calls, Code: codes.RateLimited, Sentence: addressCalls},
	{Name: "emails-address", What: "email addresses left", Of: OfAddress, Amount: 3000, Per: PerHour, Setting: "MESSAGES_PER_ADDRESS", Part: 10, kind: leaves, Code: codes.RateLimited, Sentence: addressLeaves},
	{Name: "bytes-address", What: "bytes of text", Of: OfAddress, Amount: 32e6, Per: PerHour, Setting: "BYTES_PER_ADDRESS", kind: textBytes, Code: codes.RateLimited, Sentence: addressBytes},
	{Name: "bytes-address-day", What: "bytes of text", Of: OfAddress, Amount: 8 * 32e6, Per: PerDay, Setting: "BYTES_PER_ADDRESS", Times: 8, kind: textBytes, Code: codes.RateLimited, Sentence: addressBytesDay},
	{Name: "attributes-address", What: "bytes of attributes that pages claim", Of: OfAddress, Amount: 32e6, Per: PerHour, Setting: "BYTES_PER_ADDRESS", kind: claims, Code: codes.RateLimited, Sentence: addressClaims},
	{Name: "messages-account", What: "messages and notes", Of: OfAccount, Amount: 30_000, Per: PerHour, Setting: "MESSAGES_PER_ADDRESS", kind: messages, Code: codes.RateLimited, Sentence: accountMessages},
	{Name: "bytes-account", What: "bytes of text", Of: OfAccount, Amount: 32e6, Per: PerHour, Setting: "BYTES_PER_ADDRESS", kind: textBytes, Code: codes.RateLimited, Sentence: accountBytes},

	{Name: "file-requests-address", What: "requests about files", Of: OfAddress, Amount: fileRequests, Per: PerSecond, Code: codes.RateLimited, Sentence: codes.Sentence(codes.RateLimited)},
	{Name: "uploads-address", What: "files being sent", Of: OfAddress, Amount: addressUploads, Per: AtOnce, Code: codes.RateLimited, Sentence: uploadsAddressFull},
	{Name: "uploads", What: "files being sent", Of: OfAll, Amount: maxUploads, Per: AtOnce, Code: codes.Unavailable, Sentence: uploadsFull},
	{Name: "files-chat", What: "bytes of files sent", Of: OfChat, Amount: 400e6, Per: PerHour, Setting: "FILE_BYTES_PER_CHAT", kind: fileBytes, Code: codes.RateLimited, Sentence: chatFiles},
	{Name: "files-address", What: "bytes of files sent", Of: OfAddress, Amount: 2e9, Per: PerHour, Setting: "FILE_BYTES_PER_ADDRESS", kind: fileBytes, Code: codes.RateLimited, Sentence: addressFiles},
	{Name: "files-account", What: "bytes of files sent", Of: OfAccount, Amount: 2e9, Per: PerHour, Setting: "FILE_BYTES_PER_ADDRESS", kind: fileBytes, Code: codes.RateLimited, Sentence: accountFiles},
	{Name: "downloads-address", What: "files being loaded", Of: OfAddress, Amount: addressDownloads, Per: AtOnce, Code: codes.RateLimited, Sentence: downloadsAddressFull},
	{Name: "downloads", What: "files being loaded", Of: OfAll, Amount: maxDownloads, Per: AtOnce, Code: codes.Unavailable, Sentence: downloadsFull},
	{Name: "files-read-address", What: "bytes of files loaded", Of: OfAddress, Amount: fileReadsMultiple * 64e6, Per: PerMinute, Setting: "READ_PER_ADDRESS", Times: fileReadsMultiple, kind: fileReads, Code: codes.RateLimited, Sentence: filesRead},
	{Name: "files-read-account", What: "bytes of files loaded", Of: OfAccount, Amount: fileReadsMultiple * 64e6, Per: PerMinute, Setting: "READ_PER_ADDRESS", Times: fileReadsMultiple, kind: fileReads, Code: codes.RateLimited, Sentence: filesRead},

	{Name: "read-connection", What: "bytes of chats read", Of: OfConnection, Amount: 8e6, Per: PerMinute, Setting: "READ_PER_ADDRESS", Part: 8, kind: readBytes, Code: codes.RateLimited, Sentence: readTooMuch},
	{Name: "read-address", What: "bytes of chats read", Of: OfAddress, Amount: 64e6, Per: PerMinute, Setting: "READ_PER_ADDRESS", kind: readBytes, Code: codes.RateLimited, Sentence: readTooMuch},
	{Name: "read-account", What: "bytes of chats read", Of: OfAccount, Amount: 64e6, Per: PerMinute, Setting: "READ_PER_ADDRESS", kind: readBytes, Code: codes.RateLimited, Sentence: readTooMuch},
	{Name: "questions", What: "open questions to the bot, guaranteed", Of: OfAddress, Amount: questionFloor, Per: AtOnce, Code: codes.RateLimited, Sentence: tooManyOpen},
	{Name: "questions-unanswered", What: "open questions while no bot is there", Of: OfAddress, Amount: most / questionsUnanswered, Per: AtOnce, Code: codes.RateLimited, Sentence: tooManyOpen},
	{Name: "reads", What: "chats and pages being read", Of: OfAll, Amount: maxReads, Per: AtOnce, Code: codes.Unavailable, Sentence: tooBusy},

	{Name: "model-calls-chat", What: "calls of the language model", Of: OfChat, Amount: 200, Per: PerDay, Setting: "LLM_CALLS_PER_CHAT", Beyond: quotesPages},
	{Name: "model-calls-address", What: "calls of the language model", Of: OfAddress, Amount: 10_000, Per: PerDay, Setting: "LLM_CALLS_PER_ADDRESS", Beyond: quotesPages},
	{Name: "model-calls", What: "calls of the language model", Of: OfAll, Amount: 50_000, Per: PerDay, Setting: "LLM_CALLS_PER_DAY", Beyond: quotesPages},
	{Name: "model-tokens-chat", What: "tokens of the language model", Of: OfChat, Amount: 600_000, Per: PerDay, Setting: "LLM_TOKENS_PER_CHAT", Beyond: quotesPages},
	{Name: "model-tokens-address", What: "tokens of the language model", Of: OfAddress, Amount: 30_000_000, Per: PerDay, Setting: "LLM_TOKENS_PER_ADDRESS", Beyond: quotesPages},
	{Name: "model-tokens", What: "tokens of the language model", Of: OfAll, Amount: 150_000_000, Per: PerDay, Setting: "LLM_TOKENS_PER_DAY", Beyond: quotesPages},

	{Name: "places-address", What: "chats that wait for a person", Of: OfAddress, Amount: desk.DefaultPerSource, Per: AtOnce, Setting: "WAITING_PER_ADDRESS", Beyond: staysWithBot + desk.AddressFullText},
	{Name: "places", What: "chats that wait for a person", Of: OfAll, Amount: desk.DefaultMax, Per: AtOnce, Setting: "MAX_WAITING", Beyond: staysWithBot + desk.LineFullText},
}

// staysWithBot is what becomes of a chat for which there is no place in line: the
// escalation worker decides that, for all gateways together.
const staysWithBot = "the chat stays with the bot: "

// Budgeted reports whether the share comes back with time: then this package counts what
// is taken of it.
func (s Share) Budgeted() bool { return s.kind != uncounted }

// times and part say how much of the setting's value the share is.
func (s Share) times() int64 { return max(1, s.Times) }
func (s Share) part() int64  { return max(1, s.Part) }

// What people read when a share is used up. "%s" is when to try again.
const (
	chatMessages       = "Too many messages in this chat this hour. You can send the next one %s."
	chatMessagesDay    = "Too many messages in this chat today. You can send the next one %s."
	chatRequests       = "Too many requests in this chat this hour. You can send the next one %s."
	chatCalls          = "You asked for a person too many times this hour. You can ask again %s."
	chatBytes          = "Too much text in this chat this hour. You can send the next message %s."
	chatBytesDay       = "Too much text in this chat today. You can send the next message %s."
	addressMessages    = "Too many messages from your network this hour. You can send the next one %s."
	addressMessagesDay = "Too many messages from your network today. You can send the next one %s."
	addressRequests    = "Too many requests from your network this hour. You can send the next one %s."
	chatLeaves         = "You've left an email address many times this hour. You can leave another one %s."
	addressLeaves      = "Too many email addresses were left from your network this hour. You can leave yours %s."
	addressCalls       = "Your network asked for a person too many times this hour. You can ask again %s."
	addressBytes       = "Too much text from your network this hour. You can send the next message %s."
	addressBytesDay    = "Too much text from your network today. You can send the next message %s."
	addressClaims      = "Pages in your network said too much of their visitors this hour: the attributes are left out. You can say more %s."
	accountMessages    = "You have sent too many messages this hour. You can send the next one %s."
	accountBytes       = "You have sent too much text this hour. You can send the next message %s."
	readTooMuch        = "Too much was loaded from here in the last minute. You can continue %s."
)
