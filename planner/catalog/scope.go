package catalog

// Scope says which part of a cluster a snapshot has to show.
type Scope struct {
	// Roles whose every right has to be shown: what they own, what they are granted, what they are members of.
	Roles []string
	// Mentioned roles have to be shown as roles only: a role that others are to be members of, say.
	Mentioned []string
	// Objects have to be shown with owner and ACL, if they exist.
	Objects []ObjectID
	// Contents are schemas of which everything has to be shown.
	Contents []string
	// Passwords tells whether the verifiers of Roles are wanted, where the server lets them be read.
	Passwords bool
}
