// Package mongostore keeps the history in MongoDB, where any number of
// processes share it. It is the only importer of the MongoDB driver.
//
// The database has two collections:
//
//	events  one document an event, _id "<chat>/<seq>"
//	chats   one document a chat, _id the chat: its summary
//
// To shard them: events by {chat: 1} (the ids are random, so ranges of them fill
// evenly, and the unique index starts with the chat), chats by {_id: 1}.
//
// The tests are in the nested module ferrettest, so that the server they may run
// against stays out of the product's dependencies.
package mongostore
