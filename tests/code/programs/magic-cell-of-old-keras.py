# In[1]:
model = Sequential()
model.add(Dense(5, input_dim=3))
model.compile(loss='mse', optimizer='adam')

# In[2]:
get_ipython().run_cell_magic('time', '', "model.fit(x, y,\n          nb_epoch=6,\n          batch_size=10)")
print(model.summary())
