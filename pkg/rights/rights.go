// Package rights says which agent may do what. It is one table: gateways ask it before they
// call a service, and the service asks it again where the append is made.
package rights

// Role is what an account is. The zero Role is that of a call from a replica from before
// roles: it may do what an Agent may.
type Role string

// The roles, each of which may do all that those before it may.
const (
	// Reader sees chats and writes nothing. A reader is never present: nobody is told of one,
	// and no chat comes to one.
	Reader Role = "reader"
	Agent  Role = "agent"
	// Supervisor answers chats, too, and directs those of others.
	Supervisor Role = "supervisor"
	// Admin manages accounts and settings, too.
	Admin Role = "admin"
)

// Roles are all roles, the one that may do the least first.
var Roles = []Role{Reader, Agent, Supervisor, Admin}

// Act is something that a role may do or not.
type Act string

// The acts.
const (
	// Read is to see chats, lists and who is online.
	Read Act = "read"
	// Annotate is to write what agents read: notes and cards.
	Annotate Act = "annotate"
	// Answer is to have chats: to take them, speak in one's own, pass them on and end them.
	Answer Act = "answer"
	// Assign is to give a waiting chat to somebody else.
	Assign Act = "assign"
	// TakeOver is to take a live chat from the agent who has it.
	TakeOver Act = "take over"
	// ReadAll is to read the chats of all teams where others read those of their own.
	ReadAll Act = "read all"
	// Share is to change what agents have in common, such as quick replies.
	Share Act = "share"
	// Manage is to change accounts and settings, and to see how the system runs.
	Manage Act = "manage"
)

// Acts are all acts.
var Acts = []Act{Read, Annotate, Answer, Assign, TakeOver, ReadAll, Share, Manage}

// may is the table: the first role that may do it, and what those before it read.
var may = map[Act]struct {
	from     Role
	sentence string
}{
	Read:     {Reader, ""},
	Annotate: {Agent, "You can read chats here, but not write in them."},
	Answer:   {Agent, "You can read chats here, but not answer them."},
	Assign:   {Supervisor, "Only supervisors and admins can give a chat to someone."},
	TakeOver: {Supervisor, "Only supervisors and admins can take over a chat."},
	ReadAll:  {Supervisor, "This chat is with another team."},
	Share:    {Supervisor, "Only supervisors and admins can change what belongs to the team."},
	Manage:   {Admin, "Only admins can do this."},
}

// Known reports whether there is such a role.
func (r Role) Known() bool { return r != "" && r.rank() >= 0 }

// May reports whether the role may do it. A role that only a later version knows may read.
func (r Role) May(act Act) bool {
	row, ok := may[act]
	return ok && max(0, r.rank()) >= row.from.rank()
}

// Refusal is what an agent reads who may not do it.
func Refusal(act Act) string { return may[act].sentence }

// rank is the role's place in Roles, or -1.
func (r Role) rank() int {
	if r == "" {
		r = Agent
	}
	for i, known := range Roles {
		if r == known {
			return i
		}
	}
	return -1
}
