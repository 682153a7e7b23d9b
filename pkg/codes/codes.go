// Package codes has every code by which Parley says that something was not done: in
// error frames of the WebSocket, in answers of the HTTP interface, and in refusals of
// services. Programs act on the code, people read the sentence that goes with it.
//
// It stands below pkg/bus, which speaks some of these codes itself, and so apart from
// the table in pkg/roles, which stands above it.
package codes

import "net/http"

// The codes. docs/protocol.md and docs/agent-protocol.md explain them.
const (
	// What was sent can't be read, or has a field out of bounds.
	BadFrame         = "bad_frame"
	BadRequest       = "bad_request"
	BadContentType   = "bad_content_type"
	MethodNotAllowed = "method_not_allowed"
	BadText          = "bad_text"
	TooLong          = "too_long"

	// Who sent it.
	HelloFirst  = "hello_first"
	BadName     = "bad_name"
	NameTaken   = "name_taken"
	BadToken    = "bad_token"
	BadLogin    = "bad_login"
	NotSignedIn = "not_signed_in"
	NotAllowed  = "not_allowed"
	BadOrigin   = "bad_origin"
	BadHost     = "bad_host"
	// UpgradeRequired: something between the client and here took the upgrade away.
	UpgradeRequired = "upgrade_required"

	// Accounts.
	BadUser     = "bad_user"
	BadRole     = "bad_role"
	BadPassword = "bad_password"
	BadCapacity = "bad_capacity"
	BadTime     = "bad_time" // for which a chat can't be snoozed
	UserTaken   = "user_taken"
	LastAdmin   = "last_admin"
	BadInvite   = "bad_invite" // its link was used, has expired, or was withdrawn

	// The site's settings.
	BadSetting = "bad_setting"
	TeamWaits  = "team_waits" // chats wait for a team that is to be deleted
	Changed    = "changed"    // somebody else changed them meanwhile

	// The state of what it is about.
	NotFound   = "not_found"
	Taken      = "taken"       // another agent has the chat
	OtherTeam  = "other_team"  // the chat waits for a team that the agent is not in
	NotWaiting = "not_waiting" // nobody waits there
	NotLive    = "not_live"    // the chat is not with a person
	ChatClosed = "chat_closed" // the chat is closed
	Failed     = "failed"      // it was tried and failed
	Unseen     = "unseen"      // messages came that the agent had not seen: they are asked

	// NotAvailable is said of a person who can't be given a chat, AtCapacity of one who has as
	// many as they may have.
	NotAvailable = "not_available"
	AtCapacity   = "at_capacity"

	// Files.
	BadFile     = "bad_file"     // it is empty, can't be read, or is named twice
	BadTicket   = "bad_ticket"   // it has ended, or is for something else
	BadKind     = "bad_kind"     // files of this kind can't be sent
	FileDiffers = "file_differs" // another file has this id
	Infected    = "infected"     // the scanner found something in it
	Unchecked   = "unchecked"    // the scanner can't be asked right now
	NoRoom      = "no_room"      // there is no room for files

	// Not now.
	RateLimited = "rate_limited"
	Unavailable = "unavailable"
	Internal    = "internal"
)

// meaning is what goes with a code.
type meaning struct {
	// status is that of an HTTP answer.
	status int
	// sentence is for a person, where nothing more precise is known.
	sentence string
}

var meanings = map[string]meaning{
	BadFrame:         {http.StatusBadRequest, "A frame is one JSON object with a field \"t\"."},
	BadRequest:       {http.StatusBadRequest, "The request has to be one JSON object."},
	BadContentType:   {http.StatusUnsupportedMediaType, "The Content-Type has to be application/json."},
	MethodNotAllowed: {http.StatusMethodNotAllowed, "This address does not take this method."},
	BadText:          {http.StatusBadRequest, "This text can't be used."},
	TooLong:          {http.StatusRequestEntityTooLarge, "This request is too long."},

	HelloFirst:  {http.StatusBadRequest, "Say hello first."},
	BadName:     {http.StatusBadRequest, "This name can't be used."},
	NameTaken:   {http.StatusConflict, "This name belongs to another visitor."},
	BadToken:    {http.StatusBadRequest, "This token is not valid."},
	BadLogin:    {http.StatusUnauthorized, "The user name or the password is wrong."},
	NotSignedIn: {http.StatusUnauthorized, "Please sign in."},
	NotAllowed:  {http.StatusForbidden, "Only admins can do this."},
	BadOrigin:   {http.StatusForbidden, "This can only be done from Parley's own pages."},
	BadHost:     {http.StatusMisdirectedRequest, "Parley does not answer to this host name."},

	UpgradeRequired: {http.StatusUpgradeRequired, "This address takes WebSockets only. If this was meant to be one, something in between took the upgrade away."},

	BadUser:     {http.StatusBadRequest, "A user name has 2 to 32 characters of a-z 0-9 . _ -, begins and ends with a letter or a digit, and has no two dots in a row."},
	BadRole:     {http.StatusBadRequest, "A role is admin, supervisor, agent or reader."},
	BadPassword: {http.StatusBadRequest, "This password can't be used."},
	BadCapacity: {http.StatusBadRequest, "This capacity can't be used."},
	BadTime:     {http.StatusBadRequest, "This is not a date and time."},
	UserTaken:   {http.StatusConflict, "There is already such an account."},
	LastAdmin:   {http.StatusConflict, "This is the last admin who can sign in. Make somebody else an admin first."},
	BadInvite:   {http.StatusGone, "This invite link doesn’t work."},

	BadSetting: {http.StatusBadRequest, "This setting can't be used."},
	TeamWaits:  {http.StatusConflict, "People are waiting for this team. Choose where their chats go."},
	Changed:    {http.StatusConflict, "Somebody else changed the settings in the meantime. Nothing of yours was saved yet."},

	NotFound:   {http.StatusNotFound, "There is nothing at this address."},
	Taken:      {http.StatusConflict, "Another agent has this chat."},
	OtherTeam:  {http.StatusConflict, "This chat waits for another team."},
	NotWaiting: {http.StatusConflict, "Nobody waits for a person in this chat."},
	NotLive:    {http.StatusConflict, "This chat is not with a person: take it first."},
	ChatClosed: {http.StatusConflict, "This chat is closed. It opens again when its visitor writes."},
	Failed:     {http.StatusConflict, "It failed."},
	Unseen:     {http.StatusConflict, "Messages came in since you wrote this."},

	NotAvailable: {http.StatusConflict, "This person can’t take a chat now."},
	AtCapacity:   {http.StatusConflict, "That’s as many chats as one person can have at once."},

	BadFile:     {http.StatusUnprocessableEntity, "This file can't be used."},
	BadTicket:   {http.StatusBadRequest, "A file of this message can't be used any more. Choose it again."},
	BadKind:     {http.StatusUnsupportedMediaType, "Files of this kind can't be sent here."},
	FileDiffers: {http.StatusConflict, "Another file was sent under this id. Choose the file again."},
	Infected:    {http.StatusUnprocessableEntity, "This file can't be sent: the virus scanner found something in it."},
	Unchecked:   {http.StatusServiceUnavailable, "This file waits for the virus check, which can't be made right now. We'll try again in a moment."},
	NoRoom:      {http.StatusInsufficientStorage, "There is no room for files at the moment. Messages still go through."},

	RateLimited: {http.StatusTooManyRequests, "You’re sending very fast. The rest will go out in a moment."},
	Unavailable: {http.StatusServiceUnavailable, "This is temporarily unavailable. Please try again."},
	Internal:    {http.StatusInternalServerError, "Something went wrong here. It was written to the log."},
}

// Status returns the HTTP status of a code. One that is not in the table is a
// mistake of the sender's: 400.
func Status(code string) int {
	if m, ok := meanings[code]; ok {
		return m.status
	}
	return http.StatusBadRequest
}

// Sentence returns what a person reads where nothing more precise is known.
func Sentence(code string) string { return meanings[code].sentence }

// All returns every code.
func All() []string {
	list := make([]string, 0, len(meanings))
	for code := range meanings {
		list = append(list, code)
	}
	return list
}
