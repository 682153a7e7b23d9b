// Package gateway speaks WebSocket and HTTP with browsers, stores visitors' messages,
// and shows every client a chat's events in order. It decides nothing about a chat; any
// replica serves any visitor.
//
// The package hosts the sessions. Its rooms below do the rest: conn is one WebSocket,
// frame the protocol, admission every limit, live the chats being shown, console what
// agents see besides chats.
package gateway
