"""Audio and pictures as files: probing, tags, encoding, covers, peaks, archives.

Knows files and bytes, not the database, the settings or the shop. What decodes or encodes is heavy and its input may be
hostile, so jobs call it through :func:`storefront.media.child.run`.
"""
