// Package accounts keeps the agents' accounts: who the agents are, how they sign in,
// and how long a browser stays signed in.
package accounts
