// Package escalation is the desk's worker: it moves a chat from the bot to a person
// and back, keeps the list of chats that wait or are live, assigns chats to agents,
// and ends what waits too long.
//
// Nothing that matters is kept in memory: a replica may die at any moment and any
// other carries on. Every change of a chat is one guarded append (Worker.change).
package escalation
