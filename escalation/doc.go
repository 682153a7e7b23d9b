// Package escalation is the desk: it takes a chat from the bot to a person and
// back, keeps the list of chats that wait or are live, gives chats to agents,
// and ends what waits too long.
//
// Nothing is remembered that matters: a replica may die at any moment and any
// other goes on. Every change of a chat is one guarded append (Worker.change).
package escalation
