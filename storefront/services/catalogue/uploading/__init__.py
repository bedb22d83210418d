"""Music that comes through a browser: files arrive in chunks, and a job makes an album of them as an import does.

names      which files are wanted, and their places in the folder of an album
parts      their bytes on disk, as far as they have come
receiving  files are announced, grow chunk by chunk, are left out again, and are complete
reading    the job: lays the files out as a folder, and imports it
reports    what became of each
tidying    what was left lying goes after a week
"""
