"""For those who develop an application: pages that follow the files they are made of."""
