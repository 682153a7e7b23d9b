// Package accounts keeps the agents: who they are, how they sign in, and how
// long a browser stays signed in.
package accounts
