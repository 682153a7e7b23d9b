// Package mongostore keeps the history in MongoDB, which any number of processes can
// share. It is the only importer of the MongoDB driver.
//
// The database has two collections:
//
//	events  a document per event, _id "<chat>/<seq>"
//	chats   a document per chat, its summary, _id the chat
//
// To shard them: events by {chat: 1} (the ids are random, so ranges of them fill
// evenly, and the unique index starts with the chat), chats by {_id: 1}.
//
// The tests are in the nested module ferrettest, so that the server that they run
// against stays out of the product's dependencies.
package mongostore
