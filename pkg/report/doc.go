// Package report counts what happened in chats.
//
// There is one Row for each visit, made by a Fold of the chat's events and by nothing else: the
// same events give the same rows, whenever and however often they are made. So what a figure
// means can be changed, and the past is counted anew with it. A Figure says in a sentence what
// it counts, and which rows are behind it. Nothing here reads or writes anything.
package report
