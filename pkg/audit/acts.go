package audit

import "slices"

// Act is what was done. Programs filter by it, people read its Sentence.
type Act string

// Looks into chats. Each is written before what was asked for is answered.
const (
	LookChat    Act = "look.chat"    // once for as long as it stays open
	LookList    Act = "look.list"    // a list that shows words of chats; Detail says which
	LookSearch  Act = "look.search"  // a search over chats
	LookFile    Act = "look.file"    // Of is the file
	LookVisitor Act = "look.visitor" // Of is the visitor: what else they have said
	LookDead    Act = "look.dead"    // a dead letter with its words
	LookReport  Act = "look.report"  // the chats behind a figure
	LookAudit   Act = "look.audit"   // this log itself
	Reveal      Act = "look.reveal"  // what is masked, in one message; Of is its sequence
)

// What leaves Parley, comes in, or is gone for good.
const (
	ExportChat    Act = "export.chat"    // one visitor's chats; Of is the visitor
	ExportAll     Act = "export.all"     // everything
	ExportReport  Act = "export.report"  // figures
	ExportAudit   Act = "export.audit"   // this log
	Import        Act = "import"         // chats from elsewhere
	Transcript    Act = "transcript"     // a visitor has taken their own chat with them
	Erase         Act = "erase"          // Of is the visitor, if there is one
	KeepChat      Act = "keep.chat"      // retention passes it by
	UnkeepChat    Act = "unkeep.chat"    // no longer
	RevokeChat    Act = "revoke.chat"    // its token opens it no more
	MoveChats     Act = "region.move"    // chats to another region
	GiveUpRegion  Act = "region.give-up" // a region that is lost
	RestateRegion Act = "region.restate" // which region is the first
)

// Accounts and signing in. Of is the account.
const (
	SignIn         Act = "session.begin"
	SignInRefused  Act = "session.refused"
	SignOut        Act = "session.end"
	AccountCreate  Act = "account.create"
	AccountChange  Act = "account.change"
	AccountDelete  Act = "account.delete"
	PasswordChange Act = "account.password"
	ResetLink      Act = "account.reset-link"
	InviteCreate   Act = "invite.create"
	InviteWithdraw Act = "invite.withdraw"
	InviteUse      Act = "invite.use"
	FactorAdd      Act = "factor.add"
	FactorRemove   Act = "factor.remove"
	FactorReset    Act = "factor.reset" // by an admin
)

// What is set for the site, and what operators do.
const (
	SettingsChange Act = "settings.change"
	TeamsChange    Act = "teams.change"
	MacrosChange   Act = "macros.change"
	ViewsChange    Act = "views.change"
	BlockVisitor   Act = "visitor.block"
	UnblockVisitor Act = "visitor.unblock"
	DeadReplay     Act = "letter.replay"
	DeadDrop       Act = "letter.drop"
)

var sentences = map[Act]string{
	LookChat:    "Opened a chat",
	LookList:    "Looked at a list of chats",
	LookSearch:  "Searched chats",
	LookFile:    "Opened a file",
	LookVisitor: "Looked at a visitor’s earlier visits",
	LookDead:    "Looked at a message that could not be processed",
	LookReport:  "Looked at reports",
	LookAudit:   "Read the audit log",
	Reveal:      "Revealed what is masked in a message",

	ExportChat:    "Exported a visitor’s chats",
	ExportAll:     "Exported everything",
	ExportReport:  "Exported figures",
	ExportAudit:   "Exported the audit log",
	Import:        "Imported chats",
	Transcript:    "Downloaded their own chat",
	Erase:         "Erased chats",
	KeepChat:      "Kept a chat from being deleted by age",
	UnkeepChat:    "Lets a chat be deleted by age again",
	RevokeChat:    "Revoked the access to a chat",
	MoveChats:     "Moved chats to another region",
	GiveUpRegion:  "Gave up a region",
	RestateRegion: "Stated another first region",

	SignIn:         "Signed in",
	SignInRefused:  "Was refused to sign in",
	SignOut:        "Signed out",
	AccountCreate:  "Created an account",
	AccountChange:  "Changed an account",
	AccountDelete:  "Deleted an account",
	PasswordChange: "Set a password",
	ResetLink:      "Made a link to reset a password",
	InviteCreate:   "Made an invite link",
	InviteWithdraw: "Withdrew an invite link",
	InviteUse:      "Used an invite link",
	FactorAdd:      "Added a second factor",
	FactorRemove:   "Removed a second factor",
	FactorReset:    "Reset somebody’s second factor",

	SettingsChange: "Changed the settings",
	TeamsChange:    "Changed the teams",
	MacrosChange:   "Changed the macros",
	ViewsChange:    "Changed a saved view",
	BlockVisitor:   "Blocked a visitor",
	UnblockVisitor: "Unblocked a visitor",
	DeadReplay:     "Had a message processed again",
	DeadDrop:       "Discarded a message that could not be processed",
}

// Sentence says for people what the act is; the act itself if this version does not know it.
func (a Act) Sentence() string {
	if s, ok := sentences[a]; ok {
		return s
	}
	return string(a)
}

// Known reports whether this version has the act.
func (a Act) Known() bool { _, ok := sentences[a]; return ok }

// Acts returns all acts, in the order of their names.
func Acts() []Act {
	list := make([]Act, 0, len(sentences))
	for a := range sentences {
		list = append(list, a)
	}
	slices.Sort(list)
	return list
}
