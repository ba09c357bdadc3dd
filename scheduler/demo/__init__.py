"""A made-up space centre and a week of its wishes: tables of what there is, and the walk to a published week.

Everybody and everything in it is invented. The tables are read from top to bottom like a workbook;
`load` turns them into rows, `walk` plans, publishes and writes.
"""
