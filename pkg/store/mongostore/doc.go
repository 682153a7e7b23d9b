// Package mongostore keeps the history in MongoDB, which any number of processes can
// share. It is the only importer of the MongoDB driver.
//
// The database has two collections:
//
//	events  a document per event, _id "<chat>/<seq>"
//	chats   a document per chat, its summary, _id the chat
//
// Both can be sharded by the hash of the chat's id: events by {chat: "hashed"}, chats by
// {_id: "hashed"} (see docs/sharding.md). For that, every document, update and query that
// is about a chat names its id, and every unique index begins with it; a test in
// ferrettest reads what goes over the wire. Only the list of all chats and a walk through all events ask every shard.
//
// The tests are in the nested module ferrettest, so that the server that they run
// against stays out of the product's dependencies.
package mongostore
